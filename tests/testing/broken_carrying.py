"""Transports that fail at the edges, and each break the kit's rules in one way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tidings import Event, Member, Position, Tidings, Undeliverable, hookimpl
from tidings_memory import MemoryBroker


class RefusesTheUnheard(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        if not any(event.channel in self._listeners for event in events):
            raise Undeliverable("nobody listens")
        await super().push(events=events)


class NumbersWhatHasNoLog(MemoryBroker):
    """Brings each event that has no log twice, once with a position."""

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=events)
        unlogged = [event for event in events if event.position is None]
        if len(events) == 1 and unlogged:
            await super().push(
                events=[event._replace(position=Position("none", 1)) for event in unlogged]
            )


class DropsLongNames(MemoryBroker):
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(events=[event for event in events if len(event.name) < 150])


class EntersTen(MemoryBroker):
    """Has room for ten subscriptions; more wait for one to be left."""

    def __init__(self) -> None:
        super().__init__()
        self._room = asyncio.Semaphore(10)

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        async with self._room, super().subscribe(channel=channel, deliver=deliver):
            yield


class OpensOnce(MemoryBroker):
    def __init__(self) -> None:
        super().__init__()
        self._closed = False

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        if self._closed:
            raise RuntimeError("is closed for good")
        try:
            yield
        finally:
            self._closed = True


class ForgetsOnClosing(MemoryBroker):
    """What is on its way when it is closed never comes."""

    def __init__(self) -> None:
        super().__init__()
        self._under_way: list[asyncio.Handle] = []

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        try:
            yield
        finally:
            for handle in self._under_way:
                handle.cancel()

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        loop = asyncio.get_running_loop()
        self._under_way += [loop.call_soon(self._deliver, event) for event in events]


class IgnoresCaseOfPresence(MemoryBroker):
    async def members(self, channel: str) -> Sequence[Member]:
        return await super().members(channel.lower())


BROKEN = {
    RefusesTheUnheard: {"transport.push.unheard"},
    NumbersWhatHasNoLog: {
        "transport.event.unlogged",
        "transport.order.batch",
        "transport.subscribe.left",
        "transport.connect.again",
        "transport.fresh.apart",
        "transport.presence.events",
    },
    DropsLongNames: {"transport.event.names"},
    EntersTen: {"transport.subscribe.many"},
    OpensOnce: {
        "transport.connect.again",
        "transport.connect.cancelled",
        "transport.connect.no_thread_left",
        "transport.connect.no_descriptor_left",
    },
    ForgetsOnClosing: {"transport.connect.loses_nothing"},
    IgnoresCaseOfPresence: {"transport.presence.apart"},
}
"""Each with the ids of exactly the rules that it breaks."""
