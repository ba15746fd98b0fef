"""A front keeps channels open: it is called back, reads up what clients missed, and lets go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from tidings import (
    Closed,
    Event,
    Listening,
    Options,
    Position,
    ReadingUp,
    Recalled,
    Reset,
    Tidings,
    Unsupported,
    hookimpl,
)
from tidings.event import Delivery
from tidings_memory import MemoryBroker, MemoryStore

LOGGED = Options(logged=("news-*",), straggler=0.001, recall_batch=3)
NEWS = "news-1"


class Heard:
    """What a listener was called with."""

    def __init__(self) -> None:
        self.items: list[Delivery] = []
        self._news = asyncio.Event()

    def __call__(self, deliveries: Sequence[Delivery]) -> None:
        self.items += deliveries
        self._news.set()

    async def names(self, count: int) -> list[str]:
        async with asyncio.timeout(5):
            while len(self.items) < count:
                self._news.clear()
                await self._news.wait()
        return names(self.items)


def names(deliveries: Sequence[Delivery]) -> list[str]:
    return [d.name if isinstance(d, Event) else type(d).__name__ for d in deliveries]


async def batches(reading: ReadingUp) -> list[list[str]]:
    async with asyncio.timeout(5):
        return [names(deliveries) async for deliveries in reading]


async def publish(tidings: Tidings, *said: str) -> Position:
    """Publish these, and have them carried; return where the last one is."""
    for name in said:
        receipt = await tidings.publish(NEWS, name)
        await receipt.outcomes()
    return receipt.positions[NEWS]


class UnreadStore(MemoryStore):
    """Has a log that nobody may read."""

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        pytest.fail("the log was read")


class DeafBroker(MemoryBroker):
    """Carries nothing while it is deaf."""

    deaf = False

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        if not self.deaf:
            await super().push(events=events)


class WatchedBroker(MemoryBroker):
    """Writes down when channels are entered and left, and when it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    @hookimpl
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        yield
        self.log.append("closed")

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        self.log.append(f"enter {channel}")
        async with super().subscribe(channel, deliver):
            yield
        self.log.append(f"leave {channel}")


async def test_a_listener_is_called_from_when_it_is_attached_until_it_is_detached() -> None:
    heard = Heard()
    async with Tidings(options=LOGGED) as tidings, tidings.listen(NEWS) as news:
        await publish(tidings, "before")
        news.attach(heard)
        await publish(tidings, "while")
        assert await heard.names(1) == ["while"]
        news.detach(heard)
        news.detach(heard)
        await publish(tidings, "after")

    assert names(heard.items) == ["while"]


async def test_any_channel_can_be_listened_to_the_core_s_own_too() -> None:
    heard = Heard()
    async with Tidings() as tidings, tidings.listen("#tidings") as control:
        control.attach(heard)
        await tidings.disconnect("ann")

        assert await heard.names(1) == ["tidings:disconnect"]
        assert control.head is None


async def test_leaving_detaches_its_listeners_though_others_keep_the_channel_open() -> None:
    mine, theirs = Heard(), Heard()
    async with Tidings() as tidings, tidings.listen("news") as other:
        other.attach(theirs)
        async with tidings.listen("news") as listening:
            listening.attach(mine)
        await tidings.publish("news", "said")

        assert await theirs.names(1) == ["said"]
    assert mine.items == []


async def test_it_is_of_no_use_before_it_is_entered_nor_after_it_was_left() -> None:
    async with Tidings() as tidings:
        listening = tidings.listen("news")
        for _ in range(2):
            with pytest.raises(Closed, match="use it within `async with`"):
                _ = listening.head
            with pytest.raises(Closed):
                listening.attach(Heard())
            await listening.aclose()
        with pytest.raises(Closed, match="has ended"):
            await listening.__aenter__()


async def test_entered_by_several_at_once_it_is_opened_once_and_left_once() -> None:
    broker = WatchedBroker()
    async with Tidings(broker) as tidings:
        listening = tidings.listen("news")
        await asyncio.gather(*(listening.__aenter__() for _ in range(3)))
        await listening.__aenter__()
        await listening.aclose()

        assert broker.log == ["enter news", "leave news"]


async def test_one_that_is_closed_while_it_is_entered_leaves_nothing_open() -> None:
    at_the_door, go_on = asyncio.Event(), asyncio.Event()

    class Slow(WatchedBroker):
        @hookimpl
        @asynccontextmanager
        async def subscribe(
            self, channel: str, deliver: Callable[[Event], None]
        ) -> AsyncIterator[None]:
            at_the_door.set()
            await go_on.wait()
            async with super().subscribe(channel, deliver):
                yield

    broker = Slow()
    async with Tidings(broker) as tidings:
        listening = tidings.listen("news")
        entering = asyncio.create_task(listening.__aenter__())
        await at_the_door.wait()
        await listening.aclose()
        go_on.set()

        with pytest.raises(Closed, match="has ended"):
            await entering
        assert broker.log == ["enter news", "leave news"]


async def test_what_is_still_open_in_the_end_is_left_before_its_broker_is_closed() -> None:
    broker, listenings = WatchedBroker(), list[Listening]()
    async with Tidings(broker) as tidings:
        for number in range(250):
            listenings.append(await tidings.listen(f"news-{number}").__aenter__())
        broker.log.clear()

    assert sorted(broker.log[:-1]) == sorted(f"leave news-{number}" for number in range(250))
    assert broker.log[-1] == "closed"
    for listening in listenings:
        await listening.aclose()


async def test_a_client_that_has_missed_nothing_costs_no_reading() -> None:
    async with Tidings(UnreadStore(), options=LOGGED) as tidings, tidings.listen(NEWS) as news:
        head = await publish(tidings, "first")
        assert await batches(news.read_up(head)) == []


async def test_what_a_client_has_missed_comes_in_batches_then_it_is_level() -> None:
    heard = Heard()
    async with Tidings(options=LOGGED) as tidings:
        left_at = await publish(tidings, "first")
        head = await publish(tidings, *"abcdefg")
        async with tidings.listen(NEWS) as news:
            reading = news.read_up(left_at)

            assert await batches(reading) == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
            assert reading.position == news.head == head
            assert await batches(reading) == []
            news.attach(heard)
            await publish(tidings, "live")
            assert await heard.names(1) == ["live"]

            assert await batches(news.read_up(left_at, limit=2)) == [
                ["a", "b"],
                ["c", "d"],
                ["e", "f"],
                ["g", "live"],
            ]


async def test_what_comes_while_a_client_reads_is_read_too() -> None:
    async with Tidings(options=LOGGED) as tidings:
        left_at = await publish(tidings, "first")
        await publish(tidings, "missed")
        async with tidings.listen(NEWS) as news:
            found = []
            reading = news.read_up(left_at)
            async for deliveries in reading:
                found += names(deliveries)
                if len(found) < 4:
                    await publish(tidings, f"meanwhile {len(found)}")

            assert found == ["missed", "meanwhile 1", "meanwhile 2", "meanwhile 3"]


async def test_a_reader_may_be_ahead_of_what_transports_have_brought() -> None:
    broker, heard = DeafBroker(), Heard()
    async with (
        Tidings(broker, MemoryStore(), options=LOGGED) as tidings,
        tidings.listen(NEWS) as news,
    ):
        start = await publish(tidings, "heard")
        broker.deaf = True
        lost = await publish(tidings, "not carried")
        broker.deaf = False

        reading = news.read_up(Position(start.epoch, 0))
        assert await batches(reading) == [["heard", "not carried"]]
        assert (news.head, reading.position) == (start, lost)

        news.attach(heard)
        await publish(tidings, "next")
        assert await heard.names(2) == ["not carried", "next"]
        assert isinstance(heard.items[0], Event)
        assert heard.items[0].position == reading.position


async def test_a_channel_without_a_log_cannot_be_read() -> None:
    async with Tidings() as tidings, tidings.listen("news") as news:
        with pytest.raises(Unsupported, match="'news' has no log to recall from"):
            news.read_up(Position("one", 1))


@pytest.mark.parametrize(
    ("after", "reason"),
    [(1, "trimmed"), (99, "behind"), (None, "new epoch")],
)
async def test_a_reader_whose_history_is_lost_is_told_and_goes_on_behind_that(
    after: int | None, reason: str
) -> None:
    async with Tidings(MemoryStore(log_count=3), options=LOGGED) as tidings:
        head = await publish(tidings, *"abcdefgh")
        async with tidings.listen(NEWS) as news:
            here = Position("elsewhere", 1) if after is None else Position(head.epoch, after)
            reading = news.read_up(here)
            found = [deliveries async for deliveries in reading]

            assert found == [[Reset(NEWS, head, reason)]]  # type: ignore[arg-type]
            assert reading.position == head


async def test_a_reader_in_a_new_epoch_waits_until_the_channel_is_there_too() -> None:
    heard = Heard()
    async with (
        Tidings(store := MemoryStore(), options=LOGGED) as tidings,
        tidings.listen(NEWS) as news,
    ):
        old = await publish(tidings, "old")
        news.attach(heard)
        await store.forget(NEWS)
        reading = news.read_up(Position(old.epoch, 0))

        assert await batches(reading) == [["Reset"]]
        assert news.head == reading.position
        assert names(heard.items) == ["Reset"]


async def test_a_log_that_fails_is_asked_again() -> None:
    class Flaky(MemoryStore):
        failures = 2

        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            if self.failures:
                self.failures -= 1
                raise ConnectionError("gone")
            return await super().recall(channel, after, limit)

    async with Tidings(Flaky(), options=LOGGED) as tidings:
        head = await publish(tidings, "first")
        async with tidings.listen(NEWS) as news:
            assert await batches(news.read_up(Position(head.epoch, 0))) == [["first"]]


async def test_whoever_reads_when_the_application_closes_is_told() -> None:
    asked = asyncio.Event()

    class Gone(MemoryStore):
        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            asked.set()
            raise ConnectionError("gone")

    async with Tidings(Gone(), options=LOGGED) as tidings:
        head = await publish(tidings, "first")
        news = await tidings.listen(NEWS).__aenter__()
        reading = asyncio.create_task(batches(news.read_up(Position(head.epoch, 0))))
        await asked.wait()

    with pytest.raises(Closed, match="'news-1' was closed while its log was read"):
        await reading


@pytest.mark.parametrize("channel", [NEWS, "plain"])
async def test_a_listener_that_raises_keeps_nobody_from_hearing(
    channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(deliveries: Sequence[Delivery]) -> None:
        raise ZeroDivisionError(deliveries)

    heard = Heard()
    async with Tidings(options=LOGGED) as tidings, tidings.listen(channel) as listening:
        listening.attach(fail)
        listening.attach(heard)
        for name in ("one", "two"):
            await tidings.publish(channel, name)

        assert await heard.names(2) == ["one", "two"]

    assert f"a listener on {channel} failed: ZeroDivisionError" in caplog.text
