"""The kit tells how a plugin breaks a rule, and does not ask for what is not claimed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from testing.far_sides import shared
from testing.log_alone import LogAlone
from tidings import Abilities, Event, Position, Recalled, hookimpl
from tidings.testing import (
    STORE_RULES,
    TRANSPORT_RULES,
    ConformanceError,
    FaultyTransport,
    audit,
    check_store,
    check_transport,
)
from tidings_memory import MemoryBroker, MemoryStore


class Loudspeaker:
    """A carrier that is never heard again."""

    abilities = Abilities(role="carrier")

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        assert events


async def test_a_store_without_rows_is_asked_about_its_log_alone() -> None:
    report = await check_store(shared(LogAlone))

    assert "store.offsets.no_holes" in report.passed
    assert report.skipped["store.page.cursors"] == "is no InboxRows"
    assert report.skipped["store.outbox.fired"] == "is no Outbox"


async def test_a_carrier_that_does_not_listen_is_asked_about_pushing_alone() -> None:
    report = await check_transport(shared(Loudspeaker))

    assert report.passed == [
        "transport.push.unheard",
        "transport.connect.no_task_left",
        "transport.connect.no_thread_left",
        "transport.connect.no_descriptor_left",
        "transport.push.cancelled",
        "transport.event.largest",
    ]
    assert report.skipped["transport.order.batch"] == "does not implement subscribe"
    assert report.skipped["transport.presence.apart"] == "does not claim presence"


async def test_an_error_names_the_rule_what_was_expected_and_what_was_seen() -> None:
    class TwoByTwo(MemoryStore):
        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            return await super().recall(channel, after, min(limit, 2))

    with pytest.raises(ConformanceError) as caught:
        await check_store(shared(TwoByTwo))

    assert isinstance(caught.value, AssertionError)
    assert caught.value.rule == "store.recall.as_persisted"
    assert "what is recalled" in caught.value.expected
    assert str(caught.value).startswith("store.recall.as_persisted\n  expected: what is recalled")


async def test_an_audit_goes_on_after_a_broken_rule_and_has_a_verdict_on_each() -> None:
    class TwoByTwo(MemoryStore):
        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            return await super().recall(channel, after, min(limit, 2))

    report = await audit(STORE_RULES, shared(TwoByTwo))

    assert [verdict.rule for verdict in report.verdicts] == list(STORE_RULES)
    broken = {v.rule.id: v for v in report.verdicts if v.result == "failed"}
    assert "store.recall.windows" in broken
    assert "store.connect.durable" in report.skipped
    assert "store.heads.together" in report.passed
    assert str(broken["store.recall.windows"]).startswith(
        "failed  store.recall.windows\n  expected: offsets after 0, 3 at most: [1, 2, 3]\n  seen: "
    )


def test_a_rule_names_what_it_needs_and_what_a_plugin_lacks_of_it() -> None:
    rules = {rule.id: rule for rule in (*STORE_RULES, *TRANSPORT_RULES)}

    assert rules["store.outbox.fired"].claims == ["Outbox", "Schedule"]
    assert rules["transport.event.control"].claims == ["subscribe", "broker"]
    assert rules["transport.event.control"].lacking(Loudspeaker()) == "does not implement subscribe"
    assert rules["transport.event.control"].lacking(MemoryBroker()) is None


async def test_a_plugin_that_raises_breaks_the_rule_it_raised_in() -> None:
    class Forgetful(MemoryStore):
        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            if not channels:
                raise KeyError("none")
            return await super().heads(channels)

    with pytest.raises(ConformanceError) as caught:
        await check_store(shared(Forgetful))

    assert caught.value.rule == "store.heads.together"
    assert caught.value.seen == "KeyError('none')"
    assert isinstance(caught.value.__cause__, KeyError)


async def test_a_subscription_that_hears_nothing_is_left_all_the_same() -> None:
    class Mute(MemoryBroker):
        entered = 0

        @hookimpl
        @asynccontextmanager
        async def subscribe(
            self, channel: str, deliver: Callable[[Event], None]
        ) -> AsyncIterator[None]:
            self.entered += 1
            try:
                yield
            finally:
                self.entered -= 1

    broker = Mute()
    report = await audit(TRANSPORT_RULES, shared(lambda: broker), within=0.01)

    failed = {verdict.rule.id for verdict in report.verdicts if verdict.error}
    assert "transport.subscribe.taskless" in failed
    assert broker.entered == 0


@pytest.mark.parametrize("fault", ["drop", "delay"])
async def test_a_bad_line_breaks_the_rules(fault: str) -> None:
    def bad() -> FaultyTransport:
        chances = {"drop": 0.0, "repeat": 0.0, "delay": 0.0, fault: 1.0}
        return FaultyTransport(MemoryBroker(), seed=1, **chances, held=5)

    make: Callable[[], FaultyTransport] = bad
    with pytest.raises(ConformanceError) as caught:
        await check_transport(shared(make), within=0.5)

    assert caught.value.rule == "transport.event.whole"
    assert "heard within" in caught.value.expected
