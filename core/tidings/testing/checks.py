"""Holding a plugin to all the rules there are for its kind."""

from __future__ import annotations

from collections.abc import Sequence

from tidings.testing import (
    policy_rules,
    store_changes,
    store_erasing,
    store_failures,
    store_ids,
    store_log,
    store_nodes,
    store_pages,
    store_retention,
    store_schedule,
    transport_claims,
    transport_connect,
    transport_events,
    transport_failures,
    transport_listeners,
    transport_presence,
)
from tidings.testing.far_side import Make
from tidings.testing.report import Report, Verdict
from tidings.testing.rules import Rule

STORE_RULES: Sequence[Rule] = (
    *store_log.RULES,
    *store_ids.RULES,
    *store_erasing.RULES,
    *store_changes.RULES,
    *store_pages.RULES,
    *store_schedule.RULES,
    *store_retention.RULES,
    *store_nodes.RULES,
    *store_failures.RULES,
)
TRANSPORT_RULES: Sequence[Rule] = (
    *transport_events.RULES,
    *transport_listeners.RULES,
    *transport_connect.RULES,
    *transport_failures.RULES,
    *transport_presence.RULES,
    *transport_claims.RULES,
)
POLICY_RULES: Sequence[Rule] = policy_rules.RULES


async def check_store(make: Make, *, within: float = 5.0) -> Report:
    """Hold a store to the rules for stores; see `check_transport` for the arguments.

    Example:
        @asynccontextmanager
        async def sqlite():
            with TemporaryDirectory() as folder:
                yield lambda: SqlStore(url=f"sqlite:///{folder}/tidings.db")

        print(await check_store(sqlite))
    """
    return await _check(STORE_RULES, make, within)


async def check_transport(make: Make, *, within: float = 5.0) -> Report:
    """Hold a broker or carrier to the rules for transports, one after another.

    Args:
        make: called once for each rule, and for some twice at a time; returns an async context
            manager that opens a fresh far side (a database, a namespace on a server, a broker
            within the process) and yields a function that makes a plugin object on it, not yet
            connected. Objects of one far side are nodes of one application: where the object is
            itself the far side, give the same one each time.
        within: how long, in seconds, anything may take to arrive; a rule may take four times that.

    Returns:
        Which rules it keeps, and which were skipped for what it does not claim to be.

    Raises:
        ConformanceError: it breaks a rule; which, what was expected there and what was seen.

    Example:
        @asynccontextmanager
        async def valkey():
            prefix = new_prefix()
            yield lambda: ValkeyBroker(url, prefix=prefix)

        @asynccontextmanager
        async def memory():
            broker = MemoryBroker()
            yield lambda: broker

        print(await check_transport(valkey))
    """
    return await _check(TRANSPORT_RULES, make, within)


async def check_policy(make: Make, *, within: float = 5.0) -> Report:
    """Hold a policy to the rules for policies; see `check_transport` for the arguments.

    Example:
        @asynccontextmanager
        async def teams():
            yield Teams

        print(await check_policy(teams))
    """
    return await _check(POLICY_RULES, make, within)


async def audit(rules: Sequence[Rule], make: Make, *, within: float = 5.0) -> Report:
    """Hold a plugin to these rules, and go on after one that it breaks.

    Args:
        rules: `STORE_RULES`, `TRANSPORT_RULES`, `POLICY_RULES`, or some of them.
        make: see `check_transport`.
        within: likewise.

    Returns:
        A verdict on each rule, in the order given; nothing is raised for one that is broken.

    Example:
        report = await audit(TRANSPORT_RULES, valkey)
        for verdict in report.verdicts:
            print(verdict.rule.id, verdict.result, verdict.rule.says)
    """
    return Report([await rule.judge(make, within=within) for rule in rules])


async def _check(rules: Sequence[Rule], make: Make, within: float) -> Report:
    verdicts: list[Verdict] = []
    for rule in rules:
        verdict = await rule.judge(make, within=within)
        if verdict.error is not None:
            raise verdict.error
        verdicts.append(verdict)
    return Report(verdicts)
