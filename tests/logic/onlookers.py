"""Devices of the state machine: what each was told, and whether that was right."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from logic.oracle import Oracle
from logic.witness import WitnessedStore
from tidings import Added, Counts, Event, Position, Reloaded, Reset, Tidings
from tidings.changes import REDACTED
from tidings.event import Delivery
from tidings.notification import NOTIFICATION


class Onlooker:
    """Something that follows a user's channel on a node, at its own pace.

    Attributes:
        reading: whether it reads on; cleared, it is slow.
        listens: whether it has come so far as to hear what is pushed.
    """

    def __init__(self, node: Tidings, user: str) -> None:
        self.user = user
        self.channel = node.inbox(user).channel
        self.reading = asyncio.Event()
        self.reading.set()
        self._task: asyncio.Task[None] | None = None
        self.connect(node)

    def connect(self, node: Tidings) -> None:
        """Follow on this node, from where it stands."""
        self.listens = False
        self._task = asyncio.get_running_loop().create_task(self._follow(node))

    async def disconnect(self) -> None:
        """Follow no more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @property
    def position(self) -> Position | None:
        """Where it stands; None until it has begun."""
        raise NotImplementedError

    @property
    def connected(self) -> bool:
        if self._task is not None and self._task.done():
            self._task.result()
        return self._task is not None

    def stands_at(self, head: Position) -> bool:
        """Tell whether it has come so far; raises what made it fail."""
        return self.connected and self.position == head

    async def _follow(self, node: Tidings) -> None:
        raise NotImplementedError

    async def check(self, store: WitnessedStore) -> None:
        """Hold what it was told against what happened."""
        raise NotImplementedError


class Screen(Onlooker):
    """A device with a page of some entries."""

    def __init__(self, node: Tidings, user: str, limit: int) -> None:
        self.limit = limit
        self._start: Position | None = None
        self._added: list[int] = []
        self._badges: list[tuple[Position, Counts]] = []
        super().__init__(node, user)

    async def _follow(self, node: Tidings) -> None:
        async with node.inbox(self.user).changes(self.limit) as changes:
            self.device, self.listens = changes._device, True
            self._began()
            while True:
                await self.reading.wait()
                update = await anext(changes)
                if isinstance(update, Reloaded):
                    self._began()
                if isinstance(update, Added):
                    self._added.append(update.entry.offset)
                assert update.counts == self.device.counts
                self._badges.append((self.device.position, self.device.counts))

    @property
    def position(self) -> Position | None:
        return self.device.position if self._start is not None else None

    def _began(self) -> None:
        self._start = self.device.position
        self._added, self._badges = [], []

    async def check(self, store: WitnessedStore) -> None:
        epoch, head = await store.head(self.channel)
        history = store.history(self.channel, epoch)
        oracle, page = Oracle(history), self.device.page
        assert list(page.entries) == oracle.newest(self.limit)
        assert page.counts == oracle.counts[head]
        assert page.more or len(oracle) <= self.limit  # it may promise what has left since
        for position, counts in self._badges:
            counted = (self.channel, position) not in store.uncounted
            assert counts == oracle.counts[position.offset] or not counted, position
        self._check_added(history, oracle.deleted)

    def _check_added(self, history: list[Event], deleted: set[str]) -> None:
        """Each notification was told once and in order, unless it was deleted before."""
        assert self._start is not None
        pushed = {
            event.position.offset: event.id
            for event in history[self._start.offset :]
            if event.name == NOTIFICATION and event.position
        }
        assert self._added == [offset for offset in pushed if offset in self._added]
        assert {pushed[offset] for offset in pushed.keys() - self._added} <= deleted


class Reader(Onlooker):
    """A remote client: it comes back to where it was, and takes each event itself."""

    def __init__(self, node: Tidings, user: str) -> None:
        self._at: Position | None = None
        self._told: list[Delivery | Position] = []
        super().__init__(node, user)

    @property
    def position(self) -> Position | None:
        return self._at

    async def _follow(self, node: Tidings) -> None:
        async with node.subscribe(self.channel, after=self._at) as events:
            self.listens = True
            if self._at is None:
                self._at = events.position
                assert self._at is not None
                self._told.append(self._at)
            while True:
                await self.reading.wait()
                delivery = await anext(events)
                self._told.append(delivery)
                if isinstance(delivery, Event | Reset):
                    self._at = delivery.position

    async def check(self, store: WitnessedStore) -> None:
        trimmed = await store.trimmed(self.channel)
        at: Position | None = None
        for told in self._told:
            if isinstance(told, Reset):
                assert at is not None
                _check_reset(told, at, trimmed.get(at.epoch, 0), store.epochs[self.channel])
                at = told.position
            elif isinstance(told, Event):
                assert at is not None
                at = Position(at.epoch, at.offset + 1)
                assert told.position == at
                _check_event(told, store.history(self.channel, at.epoch)[at.offset - 1])
            else:
                assert isinstance(told, Position)
                at = told
        self._told = [at] if at is not None else []


def _check_event(told: Event, appended: Event) -> None:
    """It is what was appended: unless deleted since; one pushed again late lacks its counts."""
    assert told.id == appended.id
    assert told.counts in (appended.counts, None)
    assert told.name == REDACTED or told._replace(counts=appended.counts) == appended


def _check_reset(reset: Reset, at: Position, trimmed: int, epochs: list[str]) -> None:
    """A reset is for lost history alone: trimmed behind the reader's position, or a later epoch."""
    if reset.reason == "trimmed":
        assert reset.position.epoch == at.epoch
        assert trimmed > at.offset
    else:
        assert reset.reason == "new epoch"
        assert epochs.index(reset.position.epoch) > epochs.index(at.epoch)
