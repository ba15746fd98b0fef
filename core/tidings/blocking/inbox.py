"""One user's inbox, read and changed by blocking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tidings import inbox
from tidings.blocking.background import Background
from tidings.blocking.stream import Stream, streamed
from tidings.event import Counts, Position, Stored
from tidings.page import Entry, Page, State
from tidings.updates import Update


class Inbox:
    """The inbox of one user: `tidings.Inbox`, without `await`. Its first page is `page()`."""

    def __init__(self, background: Background, inbox: inbox.Inbox) -> None:
        self.user = inbox.user
        self.channel = inbox.channel
        self._call = background.call
        self._background = background
        self._inbox = inbox

    def page(
        self,
        limit: int = 50,
        *,
        state: State | None = None,
        category: str | None = None,
        since: datetime | None = None,
        before: Position | None = None,
    ) -> Page:
        """See `tidings.Inbox.page`."""
        return self._call(
            self._inbox.page, limit, state=state, category=category, since=since, before=before
        )

    def entries(
        self, *, state: State | None = None, category: str | None = None
    ) -> Iterator[Entry]:
        """See `tidings.Inbox.entries`."""
        cursor: Position | None = None
        while True:  # a call for each page, not for each entry
            page = self.page(100, state=state, category=category, before=cursor)
            yield from page.entries
            if (cursor := page.cursor) is None:
                return

    def get(self, id: str) -> Entry | None:  # noqa: A002
        """See `tidings.Inbox.get`."""
        return self._call(self._inbox.get, id)

    def counts(self) -> Counts:
        """See `tidings.Inbox.counts`."""
        return self._call(self._inbox.counts)

    def open(self, *ids: str) -> Stored:
        """See `tidings.Inbox.open`."""
        return self._call(self._inbox.open, *ids)

    def unopen(self, *ids: str) -> Stored:
        """See `tidings.Inbox.unopen`."""
        return self._call(self._inbox.unopen, *ids)

    def see(self, *ids: str) -> Stored:
        """See `tidings.Inbox.see`."""
        return self._call(self._inbox.see, *ids)

    def archive(self, *ids: str) -> Stored:
        """See `tidings.Inbox.archive`."""
        return self._call(self._inbox.archive, *ids)

    def unarchive(self, *ids: str) -> Stored:
        """See `tidings.Inbox.unarchive`."""
        return self._call(self._inbox.unarchive, *ids)

    def delete(self, *ids: str) -> Stored:
        """See `tidings.Inbox.delete`."""
        return self._call(self._inbox.delete, *ids)

    def open_all(self, category: str | None = None, through: Position | None = None) -> Stored:
        """See `tidings.Inbox.open_all`."""
        return self._call(self._inbox.open_all, category, through)

    def unopen_all(self, category: str | None = None, through: Position | None = None) -> Stored:
        """See `tidings.Inbox.unopen_all`."""
        return self._call(self._inbox.unopen_all, category, through)

    def see_all(self, category: str | None = None, through: Position | None = None) -> Stored:
        """See `tidings.Inbox.see_all`."""
        return self._call(self._inbox.see_all, category, through)

    def archive_all(self, category: str | None = None, through: Position | None = None) -> Stored:
        """See `tidings.Inbox.archive_all`."""
        return self._call(self._inbox.archive_all, category, through)

    def unarchive_all(self, category: str | None = None, through: Position | None = None) -> Stored:
        """See `tidings.Inbox.unarchive_all`."""
        return self._call(self._inbox.unarchive_all, category, through)

    def delete_all(self, category: str | None = None, through: Position | None = None) -> Stored:
        """See `tidings.Inbox.delete_all`."""
        return self._call(self._inbox.delete_all, category, through)

    def changes(self, limit: int = 50) -> Stream[Update]:
        """See `tidings.Inbox.changes`."""
        return streamed(self._background, lambda: self._inbox.changes(limit))

    def watch(self, limit: int = 50) -> Stream[Page]:
        """See `tidings.Inbox.watch`."""
        return streamed(self._background, lambda: self._inbox.watch(limit))

    def watch_pending(self) -> Stream[int]:
        """See `tidings.Inbox.watch_pending`."""
        return streamed(self._background, self._inbox.watch_pending)
