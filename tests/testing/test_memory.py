"""The built-in plugins keep all rules: each by itself, so that a broken one is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from testing.far_sides import shared
from tidings.policy import AdminTokens, OwnChannels
from tidings.testing import (
    POLICY_RULES,
    STORE_RULES,
    TRANSPORT_RULES,
    FaultyTransport,
    Rule,
    check_policy,
    check_store,
    check_transport,
)
from tidings_memory import MemoryBroker, MemoryStore


def _id(rule: Rule) -> str:
    return rule.id


def calm_transport() -> FaultyTransport:
    transport = FaultyTransport(MemoryBroker(), seed=1)
    transport.calm()
    return transport


@pytest.mark.parametrize("rule", STORE_RULES, ids=_id)
async def test_the_memory_store_keeps_the_rules(rule: Rule) -> None:
    skipped = await rule.run(shared(MemoryStore))

    assert (skipped is None) or (rule.needs == ("durable",))


@pytest.mark.parametrize("rule", TRANSPORT_RULES, ids=_id)
async def test_the_memory_broker_keeps_the_rules(rule: Rule) -> None:
    assert await rule.run(shared(MemoryBroker)) is None


@pytest.mark.parametrize("rule", TRANSPORT_RULES, ids=_id)
async def test_a_faulty_transport_that_is_calm_keeps_the_rules(rule: Rule) -> None:
    assert await rule.run(shared(calm_transport)) is None


@pytest.mark.parametrize("policy", [OwnChannels, AdminTokens])
@pytest.mark.parametrize("rule", POLICY_RULES, ids=_id)
async def test_the_policies_keep_the_rules(rule: Rule, policy: Callable[[], object]) -> None:
    assert await rule.run(shared(policy)) is None


async def test_one_call_tells_all_that_was_passed_and_skipped() -> None:
    store = await check_store(shared(MemoryStore))
    transport = await check_transport(shared(MemoryBroker))
    policy = await check_policy(shared(OwnChannels))

    assert store.skipped == {"store.connect.durable": "does not claim durable"}
    assert [*store.passed, *transport.passed, *policy.passed] == [
        rule.id
        for rule in (*STORE_RULES, *TRANSPORT_RULES, *POLICY_RULES)
        if rule.id not in store.skipped
    ]
    assert "skipped store.connect.durable: does not claim durable" in str(store)


def test_every_rule_has_an_id_of_its_own_and_says_what_it_demands() -> None:
    rules = (*STORE_RULES, *TRANSPORT_RULES, *POLICY_RULES)

    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.says.split("\n")[0].endswith(".") for rule in rules)
