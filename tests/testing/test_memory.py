"""The built-in plugins that need nothing else keep all rules."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from testing.far_sides import shared
from tidings.policy import AdminTokens, OwnChannels
from tidings.testing import (
    POLICY_RULES,
    STORE_RULES,
    TRANSPORT_RULES,
    FaultyTransport,
    Node,
    check_policy,
    check_store,
    check_transport,
)
from tidings.testing.pytest import PolicyTests, StoreTests, TransportTests
from tidings_memory import MemoryBroker, MemoryStore


def calm_transport() -> FaultyTransport:
    transport = FaultyTransport(MemoryBroker(), seed=1)
    transport.calm()
    return transport


class TestMemoryStore(StoreTests):
    def make(self) -> AbstractAsyncContextManager[Node]:
        return shared(MemoryStore)()


class TestMemoryBroker(TransportTests):
    def make(self) -> AbstractAsyncContextManager[Node]:
        return shared(MemoryBroker)()


class TestFaultyTransportThatIsCalm(TransportTests):
    def make(self) -> AbstractAsyncContextManager[Node]:
        return shared(calm_transport)()


@pytest.mark.parametrize("policy", [OwnChannels, AdminTokens])
class TestOwnPolicies(PolicyTests):
    @pytest.fixture(autouse=True)
    def _policy(self, policy: Callable[[], object]) -> None:
        self.policy = policy

    def make(self) -> AbstractAsyncContextManager[Node]:
        return shared(self.policy)()


async def test_one_call_tells_all_that_was_passed_and_skipped() -> None:
    store = await check_store(shared(MemoryStore))
    transport = await check_transport(shared(MemoryBroker))
    policy = await check_policy(shared(OwnChannels))

    assert set(store.skipped.values()) == {"does not claim durable", "does not claim carries"}
    assert set(policy.skipped.values()) == {"does not implement connect"}
    for report, rules in (
        (store, STORE_RULES),
        (transport, TRANSPORT_RULES),
        (policy, POLICY_RULES),
    ):
        assert [*report.passed] == [r.id for r in rules if r.id not in report.skipped]
    assert "skipped store.connect.durable: does not claim durable" in str(store)


def test_the_memory_broker_is_asked_about_all_that_a_broker_of_one_process_can_do() -> None:
    lacking = {rule.lacking(MemoryBroker()) for rule in TRANSPORT_RULES}

    assert lacking == {
        None,
        "does not implement connect",
        "does not claim bare",
        "does not claim carries",
        "does not claim stubs",
    }


def test_every_rule_has_an_id_of_its_own_and_says_what_it_demands() -> None:
    rules = (*STORE_RULES, *TRANSPORT_RULES, *POLICY_RULES)

    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.says.split("\n")[0].endswith(".") for rule in rules)
