"""Plugins that keep the rules on a good day, and each break one on a bad one."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from tidings import AccessRequest, Event, Grant, Stored, Tidings, hookimpl
from tidings.page import Filter, Page
from tidings.policy import OwnChannels
from tidings_memory import MemoryBroker, MemoryStore

LEFT: list[Callable[[], object]] = []
"""What ends what the plugins here leave behind."""


class StaysLocked(MemoryBroker):
    """Whoever is cancelled while it holds the lock keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = asyncio.Lock()

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await self._lock.acquire()
        await asyncio.sleep(0)
        await super().push(events=events)
        self._lock.release()


class StaysEntered(MemoryBroker):
    """A subscription that is cancelled on the way in is never left."""

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        heard = super().subscribe(channel=channel, deliver=deliver)
        await heard.__aenter__()
        await asyncio.sleep(0)
        try:
            yield
        finally:
            await heard.__aexit__(None, None, None)


class SharesItsListeners(MemoryBroker):
    """All objects of the class have one table."""

    shared: Mapping[str, tuple[Callable[[Event], None], ...]] = {}

    def __init__(self) -> None:
        super().__init__()
        self._listeners = self.shared  # type: ignore[assignment]


class StaysAtTheDoor(MemoryBroker):
    """Cancelled on the way in, it never lets anybody in again."""

    entering = False

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        if self.entering:
            raise RuntimeError("is being opened already")
        self.entering = True
        await asyncio.sleep(0)
        self.entering = False
        yield


class LeavesATask(MemoryBroker):
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        task = asyncio.create_task(asyncio.Event().wait())
        LEFT.append(task.cancel)
        yield


class LeavesATaskOnlyWhenCancelled(MemoryBroker):
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        task = asyncio.create_task(asyncio.Event().wait())
        LEFT.append(task.cancel)
        await asyncio.sleep(0)
        yield
        task.cancel()
        await asyncio.wait([task])


class LeavesAThread(MemoryBroker):
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=ended.wait)
        thread.start()
        LEFT.extend([ended.set, thread.join])
        yield


class LeavesADescriptor(MemoryBroker):
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        LEFT.extend(partial(os.close, end) for end in os.pipe())
        yield


class StoresOneByOne(MemoryStore):
    """A batch is no transaction: cancelled, it is there in part."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        stored: list[Stored | Exception] = []
        for event in events:
            stored += await super().persist(events=[event])
            await asyncio.sleep(0)
        return stored


class ForgetsTheInbox(MemoryStore):
    """Once a batch was cancelled, an inbox lacks something that is in its log."""

    cancelled = False

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        stored = await super().persist(events=events)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return stored

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        page = await super().page(channel, filter, limit, before)
        return replace(page, entries=page.entries[1:]) if self.cancelled else page


class StoreThatLeavesATask(MemoryStore):
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        LEFT.append(asyncio.create_task(asyncio.Event().wait()).cancel)
        async with super().connect(tidings=tidings):
            yield


class PolicyThatStaysLocked(OwnChannels):
    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        await self._lock.acquire()
        await asyncio.sleep(0)
        answer = await super().authorize(request=request)
        self._lock.release()
        return answer


class PolicyOfOneQuestion(OwnChannels):
    """Keeps what it is asked in the object, where the next question takes its place."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        self.asked = request
        await asyncio.sleep(0)
        return await super().authorize(request=self.asked)


BROKEN_TRANSPORTS = {
    StaysLocked: {"transport.push.cancelled"},
    StaysEntered: {"transport.subscribe.cancelled"},
    SharesItsListeners: {"transport.fresh.apart"},
    StaysAtTheDoor: {"transport.connect.cancelled"},
    LeavesATaskOnlyWhenCancelled: {"transport.connect.cancelled"},
    LeavesATask: {"transport.connect.no_task_left", "transport.connect.cancelled"},
    LeavesAThread: {"transport.connect.no_thread_left"},
    LeavesADescriptor: {"transport.connect.no_descriptor_left"},
}
BROKEN_STORES = {
    StoresOneByOne: {"store.persist.cancelled"},
    ForgetsTheInbox: {"store.counts.cancelled"},
    StoreThatLeavesATask: {"store.connect.no_task_left", "store.connect.cancelled"},
}
BROKEN_POLICIES = {
    PolicyThatStaysLocked: {"policy.answer.cancelled"},
    PolicyOfOneQuestion: {"policy.answer.together"},
}
"""Each with the ids of exactly the rules that it breaks."""
