"""One device's picture of an inbox: a page, then every change to it, for as long as it follows."""

from __future__ import annotations

from collections.abc import Callable

from tidings.changes import REMOVES, is_change, read_change
from tidings.event import Counts, Delivery, Event, Position, Reset
from tidings.inbox_fold import Fold
from tidings.notification import NOTIFICATION
from tidings.page import Filter, Page
from tidings.protocols import InboxRows
from tidings.subscription import Subscription
from tidings.updates import Added, Changed, Reloaded, Update


class Device:
    """The newest `limit` entries of one inbox, kept true by the events of its channel.

    It shows counts and does not compute them: they come with the events, from the store. Its
    page's `more` may promise older entries that have left since; it never hides any.

    Args:
        channel: the user's channel.
        rows: where pages are read.
        subscribe: makes a subscription behind a position.
        limit: how many entries it keeps loaded.
        shown: told up to which position it shows the inbox.
    """

    def __init__(
        self,
        channel: str,
        rows: InboxRows,
        subscribe: Callable[[Position], Subscription],
        limit: int,
        shown: Callable[[Position], None],
    ) -> None:
        self.counts = Counts(0, 0)
        self._channel = channel
        self._rows = rows
        self._subscribe = subscribe
        self._limit = limit
        self._shown = shown
        self._delivery: Delivery | None = None  # heard, and not yet made an update of
        self._update: Update | None = None  # made, and not yet told
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
        """Wait for the next update; None once the subscription has ended.

        Whoever is cancelled or meets an error while waiting loses nothing by asking again.
        """
        events = self._events or await self.start()
        while self._update is None:
            if self._delivery is None:
                self._delivery = await anext(events, None)
            if self._delivery is None:
                return None
            self._update = await self._made_of(self._delivery)
            self._delivery = None
        await self._fill()
        update, self._update = self._update, None
        self._shown(self._position)
        return update

    async def _made_of(self, delivery: Delivery) -> Update | None:
        if isinstance(delivery, Reset):
            await self._load()
            return Reloaded(self.page, delivery.reason)
        if not isinstance(delivery, Event) or not self._is_next(delivery.position):
            return None
        # a store without rows has not said the counts
        counts = delivery.counts or await self._rows.counts(self._channel)
        return self._apply(delivery, counts)

    async def _load(self) -> None:
        page = await self._rows.page(self._channel, Filter(), self._limit, None)
        self._fold.load(page.entries)
        self._position, self.counts, self._more = page.position, page.counts, page.more
        self._shown(self._position)

    async def _fill(self) -> None:
        """Move older entries up where some have left.

        Only older ones are read: what came in meanwhile is yet to be told, event by event.
        """
        if not self._more or len(self._fold) >= self._limit:
            return
        shown, oldest = self._fold.page(Filter(), self._limit)[0], self._fold.oldest
        before = oldest.offset if oldest else self._position.offset + 1
        page = await self._rows.page(self._channel, Filter(), self._limit - len(shown), before)
        if page.position.epoch == self._position.epoch:
            self._fold.load([*shown, *page.entries])
            self._more = page.more

    def _is_next(self, position: Position | None) -> bool:
        """Tell whether an event comes after what is shown; a page may have been ahead of it."""
        mine = self._position
        return bool(position and position.epoch == mine.epoch and position.offset > mine.offset)

    def _apply(self, event: Event, counts: Counts) -> Update | None:
        self._position, self.counts = event.position or self._position, counts
        if event.name == NOTIFICATION:
            row = self._fold.add(event)
            self._let_go_of_older()
            return Added(row.entry(), counts) if row else None
        if not is_change(event):
            return None
        rows = self._fold.change(read_change(event))
        if event.name in REMOVES:
            return Changed(event.name, [], [row.id for row in rows], counts)
        return Changed(event.name, [row.entry() for row in rows], [], counts)

    def _let_go_of_older(self) -> None:
        while len(self._fold) > self._limit:
            self._fold.drop_oldest()
            self._more = True
