"""One device's picture of an inbox: a page, then every change to it, for as long as it follows."""

from __future__ import annotations

from collections.abc import Callable

from tidings.changes import EVICTED, REMOVES, Change, is_change, read_change
from tidings.event import Counts, Event, Position, Reset
from tidings.inbox_fold import Fold
from tidings.notification import NOTIFICATION
from tidings.page import Filter, Page
from tidings.protocols import InboxRows
from tidings.subscription import Subscription
from tidings.updates import Added, Changed, Reloaded, Update


class Device:
    """The newest `limit` entries of one inbox, kept true by the events of its channel.

    It shows counts and does not compute them: they come with the events, from the store.

    Args:
        channel: the user's channel.
        rows: where pages are read.
        subscribe: makes a subscription behind a position.
        limit: how many entries it keeps loaded.
    """

    def __init__(
        self,
        channel: str,
        rows: InboxRows,
        subscribe: Callable[[Position], Subscription],
        limit: int,
    ) -> None:
        self.counts = Counts(0, 0)
        self._channel = channel
        self._rows = rows
        self._subscribe = subscribe
        self._limit = limit
        self._fold = Fold()
        self._position = Position("", 0)
        self._more = False
        self._events: Subscription | None = None

    async def start(self) -> Subscription:
        """Take a page, and listen from where it was read."""
        await self._load()
        self._events = self._subscribe(self._position)
        return await self._events.__aenter__()

    async def stop(self) -> None:
        """Listen no more."""
        if self._events is not None:
            await self._events.aclose()

    @property
    def position(self) -> Position:
        """The position in the log that this picture is of."""
        return self._position

    @property
    def page(self) -> Page:
        """What it shows now."""
        entries, _ = self._fold.page(Filter(), self._limit)
        return Page(entries, self.counts, self._position, self._more)

    async def next(self) -> Update | None:
        """Wait for the next update; None once the subscription has ended."""
        async for delivery in self._events or await self.start():
            if isinstance(delivery, Reset):
                await self._load()
                return Reloaded(self.page, delivery.reason)
            if isinstance(delivery, Event) and (update := await self._apply(delivery)):
                return update
        return None

    async def _load(self) -> None:
        page = await self._rows.page(self._channel, Filter(), self._limit, None)
        self._fold.load(page.entries)
        self._position, self.counts, self._more = page.position, page.counts, page.more

    async def _apply(self, event: Event) -> Update | None:
        position = event.position
        if position is None or not self._is_next(position):
            return None
        self._position = position
        if event.name == NOTIFICATION:
            return await self._add(event)
        if is_change(event):
            return await self._change(event, read_change(event))
        return None

    def _is_next(self, position: Position) -> bool:
        return position.epoch == self._position.epoch and position.offset > self._position.offset

    async def _add(self, event: Event) -> Added | None:
        row = self._fold.add(event)
        if row is None:
            return None
        self._let_go_of_older()
        self.counts = await self._counts(event)
        return Added(row.entry(), self.counts)

    def _let_go_of_older(self) -> None:
        while len(self._fold) > self._limit and (oldest := self._fold.oldest):
            self._fold.change(Change(EVICTED, (oldest.id,)))
            self._more = True

    async def _change(self, event: Event, change: Change) -> Changed:
        rows = self._fold.change(change)
        self.counts = await self._counts(event)
        removed = [row.id for row in rows] if change.name in REMOVES else []
        if removed and self._more:
            await self._load()  # there are older entries to move up
        entries = [] if removed else [row.entry() for row in rows]
        return Changed(change.name, entries, removed, self.counts)

    async def _counts(self, event: Event) -> Counts:
        """Return what the event says; a store without rows has not said it."""
        return event.counts or await self._rows.counts(self._channel)
