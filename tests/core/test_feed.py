"""What a feed does about holes, other epochs and logs that fail, without listeners noticing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tidings import Event, Options, Position, Recalled, Reset
from tidings.event import Delivery
from tidings.feed import OrderedFeed, PassingFeed
from tidings_memory import MemoryStore

CHANNEL = "private-user-ann"
OPTIONS = Options(straggler=0.001, recall_batch=2, held=10)


class Heard:
    """What was handed on, and a way to wait for more."""

    def __init__(self) -> None:
        self.items: list[Delivery] = []
        self._news = asyncio.Event()

    def __call__(self, deliveries: Sequence[Delivery]) -> None:
        self.items += deliveries
        self._news.set()

    async def until(self, condition: Callable[[list[Delivery]], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition(self.items):
                self._news.clear()
                await self._news.wait()

    @property
    def offsets(self) -> list[int]:
        return [i.position.offset for i in self.items if isinstance(i, Event) and i.position]


async def logged(store: MemoryStore, count: int) -> list[Event]:
    events = [Event(CHANNEL, "n", b"{}", f"id{n}") for n in range(count)]
    results: Sequence[Any] = await store.persist(events=events)
    return [e._replace(position=r.position) for e, r in zip(events, results, strict=True)]


async def opened(store: Any, heard: Heard) -> OrderedFeed:
    feed = OrderedFeed(CHANNEL, store, OPTIONS, heard)
    await feed.start()
    return feed


async def test_what_came_before_the_head_was_known_is_sorted_out_by_it() -> None:
    store, heard = MemoryStore(), Heard()
    first, second = await logged(store, 2)
    feed = OrderedFeed(CHANNEL, store, OPTIONS, heard)
    feed.receive(first)
    await feed.start()
    feed.receive(second)
    await feed.close()

    assert heard.items == []
    assert feed.head == second.position


async def test_a_hole_is_mended_in_as_many_readings_as_it_takes() -> None:
    store, heard = MemoryStore(), Heard()
    feed = await opened(store, heard)
    events = await logged(store, 9)
    feed.receive(events[-1])
    await heard.until(lambda items: len(items) == 9)
    await feed.close()

    assert heard.offsets == list(range(1, 10))


async def test_a_log_that_fails_is_asked_again() -> None:
    class Flaky(MemoryStore):
        failures = 2

        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            if self.failures:
                self.failures -= 1
                raise ConnectionError("gone")
            return await super().recall(channel, after, limit)

    store, heard = Flaky(), Heard()
    feed = await opened(store, heard)
    feed.receive((await logged(store, 3))[2])
    await heard.until(lambda items: len(items) == 3)
    await feed.close()

    assert store.failures == 0


async def test_a_new_epoch_resets_and_goes_on_in_it() -> None:
    store, heard = MemoryStore(), Heard()
    feed = await opened(store, heard)
    for event in await logged(store, 2):
        feed.receive(event)
    await store.forget(CHANNEL)
    (fresh,) = await logged(store, 1)
    feed.receive(fresh)
    await heard.until(lambda items: len(items) == 3)
    await feed.close()

    assert heard.items[2] == Reset(CHANNEL, feed.head, "new epoch")
    assert feed.head == fresh.position


async def test_a_straggler_of_an_epoch_that_is_no_more_changes_nothing() -> None:
    asked = asyncio.Event()

    class Watched(MemoryStore):
        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            asked.set()
            return await super().heads(channels)

    store, heard = Watched(), Heard()
    feed = await opened(store, heard)
    asked.clear()
    feed.receive(Event(CHANNEL, "n", b"{}", "old", Position("old", 7)))
    await asyncio.wait_for(asked.wait(), 5)
    feed.receive((await logged(store, 1))[0])
    await feed.close()

    assert heard.offsets == [1]


async def test_what_comes_while_the_head_is_asked_is_not_left_behind() -> None:
    class Late(MemoryStore):
        feed: OrderedFeed | None = None

        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            heads = await super().heads(channels)
            feed, self.feed = self.feed, None
            if feed is not None:  # one more event comes before the answer does
                feed.receive((await logged(self, 2))[1])
            return heads

    store, heard = Late(), Heard()
    feed = await opened(store, heard)
    await store.forget(CHANNEL)
    (first,) = await logged(store, 1)
    store.feed = feed
    feed.receive(first)
    await heard.until(lambda items: len(items) == 2)
    await feed.close()

    assert heard.items[0] == Reset(CHANNEL, Position(feed.head.epoch, 1), "new epoch")
    assert heard.offsets == [2]


async def test_a_reading_of_an_epoch_that_ended_meanwhile_is_of_no_use() -> None:
    class Late(MemoryStore):
        feed: OrderedFeed | None = None

        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            answer = await super().recall(channel, after, limit)
            feed, self.feed = self.feed, None
            if feed is not None:  # the channel is forgotten, and a beat tells, before the answer
                head = feed.head
                await self.forget(channel)
                feed.headed((await self.heads([channel]))[channel], head)
            return answer

    store, heard = Late(), Heard()
    feed = await opened(store, heard)
    events = await logged(store, 3)
    store.feed = feed
    feed.receive(events[2])
    await heard.until(lambda items: len(items) == 1)
    (fresh,) = await logged(store, 1)
    feed.receive(fresh)
    await feed.close()

    assert [type(item) for item in heard.items] == [Reset, Event]
    assert feed.head == fresh.position


async def test_more_than_is_held_before_the_head_is_known_is_mended_from_the_log() -> None:
    class Late(MemoryStore):
        feed: OrderedFeed | None = None

        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            heads = await super().heads(channels)
            feed, self.feed = self.feed, None
            if feed is not None:
                for event in await logged(self, 15):
                    feed.receive(event)
            return heads

    store, heard = Late(), Heard()
    store.feed = feed = OrderedFeed(CHANNEL, store, OPTIONS, heard)
    await feed.start()
    await heard.until(lambda items: len(items) == 15)
    await feed.close()

    assert heard.offsets == list(range(1, 16))


async def test_a_head_that_could_not_be_asked_is_asked_again() -> None:
    class Flaky(MemoryStore):
        failures = 0

        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            if self.failures:
                self.failures -= 1
                raise ConnectionError("gone")
            return await super().heads(channels)

    store, heard = Flaky(), Heard()
    feed = await opened(store, heard)
    await logged(store, 2)
    store.failures = 2
    feed.suspect()
    await heard.until(lambda items: len(items) == 2)
    await feed.close()

    assert store.failures == 0


async def test_after_an_outage_of_the_transport_the_head_is_asked() -> None:
    store, heard = MemoryStore(), Heard()
    feed = await opened(store, heard)
    await logged(store, 2)
    feed.suspect()
    await heard.until(lambda items: len(items) == 2)
    await feed.close()

    assert heard.offsets == [1, 2]


async def test_without_a_log_a_repeated_event_passes_once() -> None:
    heard = Heard()
    feed = PassingFeed(heard)
    event = Event("news", "n", b"{}", "same")
    feed.receive(event)
    feed.receive(event)

    assert heard.items == [event]


async def test_without_a_log_only_the_last_thousand_ids_are_remembered() -> None:
    heard = Heard()
    feed = PassingFeed(heard)
    for n in range(PassingFeed.WINDOW + 1):
        feed.receive(Event("news", "n", b"{}", f"id{n}"))
    feed.receive(Event("news", "n", b"{}", "id0"))

    assert len(heard.items) == PassingFeed.WINDOW + 2
