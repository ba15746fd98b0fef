"""The kit can fail: each broken plugin breaks exactly its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from testing import broken_carrying, broken_inboxes, broken_logs
from testing import broken_failures as on_bad_days
from testing.broken_stores import BROKEN as BROKEN_STORES
from testing.broken_transports import BROKEN_POLICIES, BROKEN_TRANSPORTS
from testing.false_claims import FALSE
from testing.far_sides import broken_rules, shared
from tidings.testing import POLICY_RULES, STORE_RULES, TRANSPORT_RULES

Broken = Mapping[Any, set[str]]
"""Classes of plugins, and the ids of exactly the rules that each breaks."""

STORES: Broken = {
    **BROKEN_STORES,
    **broken_logs.BROKEN,
    **broken_inboxes.BROKEN,
    **on_bad_days.BROKEN_STORES,
}
TRANSPORTS: Broken = {
    **BROKEN_TRANSPORTS,
    **broken_carrying.BROKEN,
    **on_bad_days.BROKEN_TRANSPORTS,
}
POLICIES: Broken = {**BROKEN_POLICIES, **on_bad_days.BROKEN_POLICIES}


def _name(value: object) -> str:
    return getattr(value, "__name__", "breaks")


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    while on_bad_days.LEFT:
        on_bad_days.LEFT.pop(0)()


@pytest.mark.parametrize(("store", "rules"), STORES.items(), ids=_name)
async def test_a_broken_store_is_found_out(store: Callable[[], object], rules: set[str]) -> None:
    assert await broken_rules(STORE_RULES, shared(store)) == rules


@pytest.mark.parametrize(("transport", "rules"), TRANSPORTS.items(), ids=_name)
async def test_a_broken_transport_is_found_out(
    transport: Callable[[], object], rules: set[str]
) -> None:
    assert await broken_rules(TRANSPORT_RULES, shared(transport), within=0.5) == rules


@pytest.mark.parametrize(("policy", "rules"), POLICIES.items(), ids=_name)
async def test_a_broken_policy_is_found_out(policy: Callable[[], object], rules: set[str]) -> None:
    assert await broken_rules(POLICY_RULES, shared(policy), within=0.5) == rules


async def test_nodes_that_have_a_log_each_are_found_out() -> None:
    assert await broken_rules(STORE_RULES, broken_logs.apart) == {"store.nodes.one_log"}


def test_each_rule_is_broken_by_somebody() -> None:
    broken = {"store.nodes.one_log", *(rule for _, _, rule in FALSE)}
    for plugins in (STORES, TRANSPORTS, POLICIES):
        broken.update(*plugins.values())
    rules = (*STORE_RULES, *TRANSPORT_RULES, *POLICY_RULES)
    found_out = {rule.check for rule in rules if rule.id in broken}  # one may be of many kinds

    assert [rule.id for rule in rules if rule.check not in found_out] == []
