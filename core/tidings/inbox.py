"""One user's inbox: read it, change states, follow it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from datetime import datetime

from tidings import changes, stream
from tidings.changes import IDS_LIMIT, Change
from tidings.device import Device
from tidings.errors import StalePosition
from tidings.event import Counts, Position, Stored
from tidings.inbox_access import InboxAccess
from tidings.page import Entry, Filter, Page, State
from tidings.stream import InboxStream
from tidings.subscription import Subscription
from tidings.updates import Update

PAGE_LIMIT = 1000


class Inbox:
    """The inbox of one user. Make it with `Tidings.inbox`; it costs nothing until used.

    Every change of state is an event in the user's log, so that other devices follow; each
    method that makes one returns `Stored`, with the counts after it. Ids that the inbox does not
    have are passed over. The `..._all` methods mean all entries up to the newest that this
    object has read of, or `through`; with a category, all of that.

    `await inbox` is its first page.
    """

    def __init__(self, user: str, channel: str, access: InboxAccess, origin: str | None) -> None:
        self.user = user
        self.channel = channel
        self._access = access
        self._origin = origin
        self._read: Position | None = None

    def __await__(self) -> Generator[object, None, Page]:
        return self.page().__await__()

    async def page(
        self,
        limit: int = 50,
        *,
        state: State | None = None,
        category: str | None = None,
        since: datetime | None = None,
        before: Position | None = None,
    ) -> Page:
        """Read up to `limit` (1 to 1,000) entries, newest first.

        Args:
            limit: how many entries at most.
            state: only entries that are "pending", "unseen", "opened" or "archived".
            category: only entries of this category.
            since: only entries created at this moment or later; with a time zone.
            before: the `cursor` of the page before.

        Raises:
            StalePosition: the cursor is of a log that is no more; begin again without it.
            ValueError: limit or since are out of range.
        """
        if not 1 <= limit <= PAGE_LIMIT:
            raise ValueError(f"limit {limit}: ask for 1 to {PAGE_LIMIT:,} entries")
        if since is not None and since.tzinfo is None:
            raise ValueError("since has no time zone: give an aware datetime")
        wanted = Filter(state, category, since)
        page = await self._access.rows().page(
            self.channel, wanted, limit, before.offset if before else None
        )
        if before is not None and before.epoch != page.position.epoch:
            raise StalePosition("this cursor is of an inbox that is no more: take the first page")
        if before is None:  # an older page shows nothing of what came in since
            self._saw(page.position)
        return page

    async def entries(
        self, *, state: State | None = None, category: str | None = None
    ) -> AsyncIterator[Entry]:
        """Go through all entries, newest first, reading page by page."""
        cursor: Position | None = None
        while True:
            page = await self.page(100, state=state, category=category, before=cursor)
            for entry in page.entries:
                yield entry
            if (cursor := page.cursor) is None:
                return

    async def get(self, id: str) -> Entry | None:  # noqa: A002
        """Return the entry of this id, or None where the inbox does not have it."""
        wanted = Filter(ids=frozenset({id}))
        page = await self._access.rows().page(self.channel, wanted, 1, None)
        return page.entries[0] if page.entries else None

    async def counts(self) -> Counts:
        """Return what the badge shows: `pending` and `unseen`."""
        return await self._access.rows().counts(self.channel)

    async def open(self, *ids: str) -> Stored:
        """Mark entries as opened; that implies seen."""
        return await self._change(changes.OPENED, ids)

    async def unopen(self, *ids: str) -> Stored:
        """Mark entries as not opened, as before; they stay seen."""
        return await self._change(changes.UNOPENED, ids)

    async def see(self, *ids: str) -> Stored:
        """Mark entries as seen: they were on a screen, perhaps in a list."""
        return await self._change(changes.SEEN, ids)

    async def archive(self, *ids: str) -> Stored:
        """Put entries away: they count no more, and can be brought back."""
        return await self._change(changes.ARCHIVED, ids)

    async def unarchive(self, *ids: str) -> Stored:
        """Bring archived entries back."""
        return await self._change(changes.UNARCHIVED, ids)

    async def delete(self, *ids: str) -> Stored:
        """Take entries out for good; their content goes from the log as well."""
        return await self._change(changes.DELETED, ids)

    async def open_all(
        self, category: str | None = None, through: Position | None = None
    ) -> Stored:
        """Open all entries; see the class for which these are."""
        return await self._change_all(changes.OPENED, category, through)

    async def unopen_all(
        self, category: str | None = None, through: Position | None = None
    ) -> Stored:
        """Mark all entries as not opened."""
        return await self._change_all(changes.UNOPENED, category, through)

    async def see_all(self, category: str | None = None, through: Position | None = None) -> Stored:
        """Mark all entries as seen, as a list that is shown does."""
        return await self._change_all(changes.SEEN, category, through)

    async def archive_all(
        self, category: str | None = None, through: Position | None = None
    ) -> Stored:
        """Archive all entries."""
        return await self._change_all(changes.ARCHIVED, category, through)

    async def unarchive_all(
        self, category: str | None = None, through: Position | None = None
    ) -> Stored:
        """Bring all archived entries back."""
        return await self._change_all(changes.UNARCHIVED, category, through)

    async def delete_all(
        self, category: str | None = None, through: Position | None = None
    ) -> Stored:
        """Delete all entries for good."""
        return await self._change_all(changes.DELETED, category, through)

    def changes(self, limit: int = 50) -> InboxStream[Update]:
        """Follow what happens, as a device that has loaded the newest `limit` entries."""
        return stream.updates(self._device(limit))

    def watch(self, limit: int = 50) -> InboxStream[Page]:
        """Follow the newest `limit` entries: the page now, and after each update."""
        return stream.pages(self._device(limit))

    def watch_pending(self) -> InboxStream[int]:
        """Follow the pending count: as it is now, and whenever it is another."""
        return stream.pending(self._device(1))

    def _device(self, limit: int) -> Device:
        def subscribe(after: Position) -> Subscription:
            return self._access.subscribe(self.channel, after)

        if not 1 <= limit <= PAGE_LIMIT:
            raise ValueError(f"limit {limit}: keep 1 to {PAGE_LIMIT:,} entries loaded")
        return Device(self.channel, self._access.rows(), subscribe, limit, self._saw)

    def _saw(self, position: Position) -> None:
        self._read = position

    async def _change(self, name: str, ids: tuple[str, ...]) -> Stored:
        for id in ids:  # noqa: A001
            if not isinstance(id, str):
                raise TypeError(f"an id is text, not {type(id).__name__}: open(*ids) takes several")
        if not ids:
            raise ValueError(f"no ids: name entries, or use the `_all` method, for {name!r}")
        for start in range(0, len(ids), IDS_LIMIT):
            stored = await self._store(Change(name, ids[start : start + IDS_LIMIT]))
        return stored

    async def _change_all(
        self, name: str, category: str | None, through: Position | None
    ) -> Stored:
        through = through or self._read or await self._access.head(self.channel)
        return await self._store(Change(name, through=through, category=category))

    async def _store(self, change: Change) -> Stored:
        return await self._access.store(change.event(self.channel, origin=self._origin))
