"""A listener gets every event of a channel once and in order, at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from tidings import (
    Abilities,
    Closed,
    Event,
    Lagged,
    Member,
    Options,
    Position,
    Reset,
    Tidings,
    Unsupported,
    hookimpl,
)
from tidings_memory import MemoryBroker, MemoryStore

LOGGED = Options(logged=("news-*",), straggler=0.001, recall_batch=3)


class LossyBroker(MemoryBroker):
    """Carries nothing of those names."""

    loses: frozenset[str] = frozenset()

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=[event for event in events if event.name not in self.loses])


async def names(source: object, count: int) -> list[str]:
    found = []
    async with asyncio.timeout(5):
        async for item in source:  # type: ignore[attr-defined]
            found.append(item.name if isinstance(item, Event) else type(item).__name__)
            if len(found) == count:
                break
    return found


async def test_what_is_published_after_entering_is_heard() -> None:
    async with Tidings() as tidings, tidings.subscribe("news") as news:
        for n in range(3):
            await tidings.publish("news", f"n{n}")

        assert await names(news, 3) == ["n0", "n1", "n2"]


async def test_iterating_enters_by_itself() -> None:
    async with Tidings() as tidings:
        hearing = asyncio.create_task(names(tidings.subscribe("news"), 1))
        while not hearing.done():
            await tidings.publish("news", "hello")
            await asyncio.sleep(0)

        assert await hearing == ["hello"]


async def test_channels_do_not_mix() -> None:
    async with Tidings() as tidings, tidings.subscribe("news") as news:
        await tidings.publish("olds", "not this")
        await tidings.publish("news", "this")

        assert await names(news, 1) == ["this"]


async def test_a_listener_that_comes_back_gets_what_it_missed_then_what_is_live() -> None:
    async with Tidings(options=LOGGED) as tidings:
        async with tidings.subscribe("news-1") as news:
            await tidings.publish("news-1", "first")
            await names(news, 1)
            left_at = news.position
        for n in range(7):
            await tidings.publish("news-1", f"missed {n}")
        async with tidings.subscribe("news-1", after=left_at) as news:
            await tidings.publish("news-1", "live")

            assert await names(news, 8) == [*(f"missed {n}" for n in range(7)), "live"]


async def test_a_listener_that_missed_nothing_costs_no_reading_of_the_log() -> None:
    class Unread(MemoryStore):
        async def recall(self, channel: str, after: int, limit: int) -> None:  # type: ignore[override]
            pytest.fail("the log was read")

    async with Tidings(Unread(), options=LOGGED) as tidings:
        receipt = await tidings.publish("news-1", "first")
        async with tidings.subscribe("news-1", after=receipt.positions["news-1"]) as news:
            await tidings.publish("news-1", "second")

            assert await names(news, 1) == ["second"]


async def test_a_lost_event_is_mended_from_the_log() -> None:
    broker = LossyBroker()
    broker.loses = frozenset({"n1", "n2"})
    async with (
        Tidings(broker, MemoryStore(), options=LOGGED) as tidings,
        tidings.subscribe("news-1") as news,
    ):
        for n in range(4):
            await tidings.publish("news-1", f"n{n}")

        assert await names(news, 4) == ["n0", "n1", "n2", "n3"]


async def test_a_lost_last_event_is_found_by_the_head_beat() -> None:
    broker = LossyBroker()
    broker.loses = frozenset({"last"})
    options = LOGGED.model_copy(update={"head_beat": 0.01})
    async with (
        Tidings(broker, MemoryStore(), options=options) as tidings,
        tidings.subscribe("news-1") as news,
    ):
        await tidings.publish("news-1", "last")

        assert await names(news, 1) == ["last"]


async def test_a_slow_listener_of_a_log_is_fed_from_it_and_misses_nothing() -> None:
    options = LOGGED.model_copy(update={"queue": 5})
    async with (
        Tidings(options=options) as tidings,
        tidings.subscribe("news-1") as slow,
        tidings.subscribe("news-1") as quick,
    ):
        quick_names = []
        for n in range(50):
            await tidings.publish("news-1", f"n{n}")
            quick_names += await names(quick, 1)

        assert await names(slow, 50) == quick_names == [f"n{n}" for n in range(50)]


async def test_a_listener_whose_queue_is_shorter_than_a_reading_gets_all() -> None:
    options = LOGGED.model_copy(update={"queue": 2, "recall_batch": 500})
    async with Tidings(options=options) as tidings, tidings.subscribe("news-1") as slow:
        for n in range(20):
            await tidings.publish("news-1", f"n{n}")

        assert await names(slow, 20) == [f"n{n}" for n in range(20)]


async def test_a_listener_ahead_of_others_has_not_lost_what_they_have() -> None:
    broker = LossyBroker()
    broker.loses = frozenset({"lost"})
    async with (
        Tidings(broker, store := MemoryStore(), options=LOGGED) as tidings,
        tidings.subscribe("news-1") as behind,
    ):
        start = behind.position
        for name in ("heard", "lost", "lost"):
            await tidings.publish("news-1", name)
        assert await names(behind, 1) == ["heard"]
        async with tidings.subscribe("news-1", after=start) as ahead:
            assert await names(ahead, 3) == ["heard", "lost", "lost"]
            await store.trim("news-1", 3)
            await tidings.publish("news-1", "heard")

            assert await names(behind, 1) == ["Reset"]
            assert await names(ahead, 1) == ["heard"]


async def test_a_slow_listener_without_a_log_is_told_how_much_it_missed() -> None:
    async with (
        Tidings(options=Options(queue=5)) as tidings,
        tidings.subscribe("news") as slow,
        tidings.subscribe("news") as quick,
    ):
        for n in range(12):
            await tidings.publish("news", f"n{n}")
            await names(quick, 1)
        async with asyncio.timeout(5):
            lagged = await anext(slow)

        assert isinstance(lagged, Lagged)
        assert await names(slow, 12 - lagged.missed) == [f"n{n}" for n in range(lagged.missed, 12)]


async def test_a_listener_behind_the_trimmed_log_is_told_and_goes_on_live() -> None:
    async with Tidings(MemoryStore(log_count=3), options=LOGGED) as tidings:
        first = (await tidings.publish("news-1", "first")).positions["news-1"]
        for n in range(10):
            await tidings.publish("news-1", f"n{n}")
        async with tidings.subscribe("news-1", after=first) as news:
            reset = await anext(news)
            await tidings.publish("news-1", "live")

            assert reset == Reset("news-1", Position(first.epoch, 11), "trimmed")
            assert await names(news, 1) == ["live"]


async def test_a_position_of_another_log_is_told_too() -> None:
    async with Tidings(options=LOGGED) as tidings:
        await tidings.publish("news-1", "first")
        async with tidings.subscribe("news-1", after=Position("elsewhere", 1)) as news:
            reset = await anext(news)

        assert isinstance(reset, Reset)
        assert reset.reason == "new epoch"


async def test_a_position_beyond_the_log_is_lost_history() -> None:
    async with Tidings(options=LOGGED) as tidings:
        first = (await tidings.publish("news-1", "first")).positions["news-1"]
        async with tidings.subscribe("news-1", after=Position(first.epoch, 9)) as news:
            reset = await anext(news)

        assert reset == Reset("news-1", first, "behind")


async def test_a_channel_without_a_log_cannot_be_recalled() -> None:
    async with Tidings() as tidings:
        with pytest.raises(Unsupported, match="setting `logged`"):
            tidings.subscribe("news", after=Position("e", 1))


async def test_leaving_ends_the_iteration() -> None:
    async with Tidings() as tidings:
        news = tidings.subscribe("news")
        async with news:
            await tidings.publish("news", "said")
            await names(news, 1)

        assert [item async for item in news] == []
        with pytest.raises(Closed):
            await news.__aenter__()


async def test_closing_the_application_ends_the_iteration() -> None:
    async with Tidings() as tidings:
        news = tidings.subscribe("news")
        await news.__aenter__()
        hearing = asyncio.create_task(names(news, 1))
        await asyncio.sleep(0)

    assert await asyncio.wait_for(hearing, 5) == []


async def test_the_broker_is_entered_once_and_left_with_the_last_listener() -> None:
    log: list[str] = []

    class Watched(MemoryBroker):
        @hookimpl
        @asynccontextmanager
        async def subscribe(
            self, channel: str, deliver: Callable[[Event], None]
        ) -> AsyncIterator[None]:
            log.append("enter")
            async with super().subscribe(channel, deliver):
                yield
            log.append("leave")

    async with Tidings(Watched()) as tidings:
        async with tidings.subscribe("news"), tidings.subscribe("news"):
            assert log == ["enter"]
        assert log == ["enter", "leave"]


async def test_an_event_without_a_position_does_not_make_a_reader_forget_its_own() -> None:
    async with Tidings(options=LOGGED) as tidings, tidings.subscribe("news-1") as news:
        await tidings.publish("news-1", "said")
        await names(news, 1)
        position = news.position
        async with tidings.presence.enter("news-1", Member("ann")):
            assert await names(news, 1) == ["tidings:member_added"]

        assert news.position == position


async def test_control_is_heard_from_brokers_alone() -> None:
    class Carrier:
        abilities = Abilities(role="carrier", listen=True)

        @hookimpl
        async def push(self, events: Sequence[Event]) -> None: ...

        @hookimpl
        @asynccontextmanager
        async def subscribe(
            self, channel: str, deliver: Callable[[Event], None]
        ) -> AsyncIterator[None]:
            deliver(Event(channel, "tidings:disconnect", b"{}", "forged"))
            yield

    async with Tidings(Carrier()) as tidings, tidings.subscribe("#tidings") as control:
        await tidings.disconnect("ann")
        told = await anext(control)

    assert isinstance(told, Event)
    assert told.id != "forged"
