"""Transports for the demo's own tests: one that does well, others that do one thing wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from tidings import Event, Options, Stored, StoreError, Tidings, hookimpl
from tidings.changes import OPENED, SEEN
from tidings.demo.worlds import Sides, World
from tidings.event import Position
from tidings.notification import NOTIFICATION
from tidings_memory import MemoryBroker, MemoryStore


def world(
    store: Callable[[], MemoryStore] = MemoryStore,
    broker: Callable[[], MemoryBroker] = MemoryBroker,
) -> World:
    """Return a transport with this store and this broker, on one node."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Sides]:
        quiet = Options(head_beat=1e6)  # what a broker loses for good, nothing brings back
        async with Tidings(store(), broker(), options=quiet) as tidings:
            yield Sides(tidings, tidings)

    return World("test", (), opened)


def forgetful() -> World:
    """Return a transport whose application begins with an empty store when it is opened anew."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Sides]:
        broker, store = MemoryBroker(), MemoryStore()
        async with Tidings(broker, store) as devices, AsyncExitStack() as application:

            async def reopen() -> Tidings:
                return await application.enter_async_context(Tidings(MemoryBroker(), MemoryStore()))

            yield Sides(devices, devices, reopen)

    return World("test", (), opened)


class Rewords(MemoryStore):
    """Stores other words than were pushed."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        return await super().persist(
            [event._replace(data=event.data.replace(b"Work", b"Play")) for event in events]
        )


class NeverOpens(MemoryStore):
    """Takes what is opened for seen."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        return await super().persist(
            [event._replace(name=SEEN) if event.name == OPENED else event for event in events]
        )


class Swallows(MemoryStore):
    """Says of every notification that it is stored, and drops each second one."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = 0

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        results: list[Stored | Exception] = []
        for event in events:
            self._seen += event.name == NOTIFICATION
            if event.name == NOTIFICATION and self._seen % 2 == 0:
                results.append(Stored(Position("lost", 0)))
            else:
                results += await super().persist([event])
        return results


class Invents(MemoryStore):
    """Stores each notification once more, under another id."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        results: list[Stored | Exception] = []
        for event in events:
            results += await super().persist([event])
            if event.name == NOTIFICATION:
                await super().persist([event._replace(id=f"{event.id}-again")])
        return results


class Fails(MemoryStore):
    """Stores nothing at all."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        return [StoreError("the disk is full")] * len(events)


class Garbles(MemoryBroker):
    """Brings other words than were stored."""

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(
            [event._replace(data=event.data.replace(b"Work", b"Play")) for event in events]
        )


class Silent(MemoryBroker):
    """Brings nothing to anybody."""

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None: ...


class Miscounts(MemoryBroker):
    """Brings wrong counts along."""

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await super().push(
            [
                event._replace(counts=event.counts._replace(unseen=99)) if event.counts else event
                for event in events
            ]
        )
