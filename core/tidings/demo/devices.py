"""The devices of the demo: three ways to follow an inbox, each with a picture of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from tidings.event import Counts, Delivery, Event, Position, Reset
from tidings.inbox import PAGE_LIMIT, Inbox
from tidings.inbox_fold import Fold
from tidings.names import user_channel
from tidings.page import Entry, Filter, Page
from tidings.service import Tidings
from tidings.updates import Added, Changed, Update

SHOWN = 20
"""How many entries a device with a screen shows."""


class Device(Protocol):
    """What all of them have.

    name: for reports. limit: how many of the newest entries it shows; None for all. moved: set
    whenever it has come to another position.
    """

    name: str
    limit: int | None
    moved: asyncio.Event
    counts: Counts

    @property
    def position(self) -> Position | None:
        """The position that what it shows is of; None before it has begun."""

    @property
    def entries(self) -> Sequence[Entry]:
        """What it shows, newest first."""

    async def follow(self) -> None:
        """Follow the inbox, until cancelled."""


async def at(device: Device, position: Position) -> None:
    """Wait until a device has come to this position."""
    while device.position != position:
        device.moved.clear()
        await device.moved.wait()


class Screen:
    """Shows the newest entries, as a page that is given anew at each change (`watch`)."""

    name = "screen"
    limit: int | None = SHOWN

    def __init__(self, tidings: Tidings, user: str) -> None:
        self.moved = asyncio.Event()
        self.position: Position | None = None
        self.counts = Counts(0, 0)
        self.entries: Sequence[Entry] = ()
        self._inbox = tidings.inbox(user)

    async def follow(self) -> None:
        """Show each page that `watch` gives, until cancelled."""
        async with self._inbox.watch(SHOWN) as pages:
            async for page in pages:
                self.entries, self.counts, self.position = page.entries, page.counts, page.position
                self.moved.set()


class Tab:
    """Shows the newest entries too, and is told what changed about them (`changes`)."""

    name = "tab"
    limit: int | None = SHOWN

    def __init__(self, tidings: Tidings, user: str) -> None:
        self.moved = asyncio.Event()
        self.position: Position | None = None
        self.counts = Counts(0, 0)
        self._inbox = tidings.inbox(user)
        self._shown: dict[str, Entry] = {}  # oldest first

    @property
    def entries(self) -> Sequence[Entry]:
        """What it shows, newest first."""
        return list(reversed(self._shown.values()))

    async def follow(self) -> None:
        """Show each update that `changes` gives, until cancelled."""
        async with self._inbox.changes(SHOWN) as updates:
            self._moved_to(updates.position)
            async for update in updates:
                self._show(update)
                self._moved_to(updates.position)

    def _show(self, update: Update) -> None:
        self.counts = update.counts
        if isinstance(update, Added):
            self._shown[update.entry.id] = update.entry
            if len(self._shown) > SHOWN:
                del self._shown[next(iter(self._shown))]
        elif isinstance(update, Changed):
            self._shown.update((entry.id, entry) for entry in update.entries)
        else:
            self._shown = {entry.id: entry for entry in reversed(update.page.entries)}

    def _moved_to(self, position: Position) -> None:
        self.position = position
        self.moved.set()


class Phone:
    """Keeps all of an inbox, and knows the position that its copy is of.

    It may be away for a while: when it follows again, it hears what it missed from there on
    (`subscribe` with `after`), however long that is; and only if the log no longer has that,
    does it read the inbox anew.
    """

    name = "phone"
    limit: int | None = None

    def __init__(self, tidings: Tidings, user: str, position: Position) -> None:
        self.moved = asyncio.Event()
        self.position = position
        self.counts = Counts(0, 0)
        self._tidings = tidings
        self._user = user
        self._copy = Fold()

    @property
    def entries(self) -> Sequence[Entry]:
        """All that it keeps, newest first."""
        entries, _ = self._copy.page(Filter(), len(self._copy))
        return entries

    async def follow(self) -> None:
        """Bring the copy up to date by each event on the channel, until cancelled."""
        channel = user_channel(self._user)
        async with self._tidings.subscribe(channel, after=self.position) as deliveries:
            async for delivery in deliveries:
                await self._take(delivery)
                self.moved.set()

    async def _take(self, delivery: Delivery) -> None:
        if isinstance(delivery, Reset):
            await self._read_anew()
        elif isinstance(delivery, Event) and delivery.position is not None:
            self._hear(delivery, delivery.position)

    def _hear(self, event: Event, position: Position) -> None:
        if position.offset > self.position.offset:  # reading anew may have run ahead of it
            self._copy.apply(event)
            self.position = position
            self.counts = event.counts or self._copy.counts

    async def _read_anew(self) -> None:
        page = await whole(self._tidings.inbox(self._user))
        self._copy.load(page.entries)
        self.position, self.counts = page.position, page.counts


async def whole(inbox: Inbox) -> Page:
    """Read all of an inbox. Its position is that of the first page, the newest entries."""
    first = page = await inbox.page(PAGE_LIMIT)
    entries = list(page.entries)
    while page.cursor:
        page = await inbox.page(PAGE_LIMIT, before=page.cursor)
        entries += page.entries
    return Page(entries, first.counts, first.position)
