"""The inbox as a pure fold over its log: the one place that says what an event does to it.

Stores without rows are served by it, the memory store keeps one a user, devices apply it to the
entries they have loaded, and the tests hold every other implementation against it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from pydantic_core import from_json

from tidings.changes import REMOVES, SETS, Change, is_change, read_change
from tidings.event import Counts, Event
from tidings.notification import NOTIFICATION
from tidings.page import Entry, Filter


class Facts(NamedTuple):
    """What the fold needs to know of a notification's content; times in seconds since 1970."""

    category: str | None
    created: float
    expires: float | None


@lru_cache(maxsize=256)  # one push to many users is the same bytes for all
def facts(data: bytes) -> Facts:
    """Read the facts from a notification's JSON."""
    content = from_json(data)
    expires = content.get("expires_at")
    return Facts(
        content.get("category"),
        datetime.fromisoformat(content["created_at"]).timestamp(),
        datetime.fromisoformat(expires).timestamp() if expires else None,
    )


class Row:
    """One entry and its states. `offset` orders rows; `gone` marks what has left the inbox."""

    __slots__ = ("archived", "data", "facts", "gone", "id", "offset", "opened", "seen")

    def __init__(self, id: str, offset: int, data: bytes) -> None:  # noqa: A002
        self.id = id
        self.offset = offset
        self.data = data
        self.facts = facts(data)
        self.opened = self.seen = self.archived = self.gone = False

    @property
    def pending(self) -> bool:
        return not (self.opened or self.archived or self.gone)

    @property
    def unseen(self) -> bool:
        return self.pending and not self.seen

    def entry(self) -> Entry:
        return Entry(self.id, self.offset, self.data, self.opened, self.seen, self.archived)


_offset = attrgetter("offset")


class Fold:
    """One user's inbox, made by applying its events in order."""

    __slots__ = ("_by_id", "_ordered", "pending", "unseen")

    def __init__(self) -> None:
        self._by_id: dict[str, Row] = {}
        self._ordered: list[Row] = []  # by offset; rows that are gone stay until there are many
        self.pending = 0
        self.unseen = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Row]:
        """Go through the entries, oldest first."""
        return (row for row in self._ordered if not row.gone)

    def get(self, id: str) -> Row | None:  # noqa: A002
        """Return the entry of this id, or None where the inbox has none."""
        return self._by_id.get(id)

    @property
    def counts(self) -> Counts:
        """Both counts as they are now."""
        return Counts(self.pending, self.unseen)

    def apply(self, event: Event) -> None:
        """Do to the inbox what this event says; events of other kinds do nothing to it."""
        if event.name == NOTIFICATION:
            self.add(event)
        elif is_change(event):
            self.change(read_change(event))

    def add(self, event: Event) -> Row | None:
        """Enter a notification, at the offset it has in the log; a known id is no news."""
        if event.position is None or event.id in self._by_id:
            return None
        row = self._by_id[event.id] = Row(event.id, event.position.offset, event.data)
        self._ordered.append(row)
        self.pending += 1
        self.unseen += 1
        return row

    def load(self, entries: Iterable[Entry]) -> None:
        """Enter entries as a page shows them, in place of all that is here."""
        self.__init__()  # type: ignore[misc]
        for entry in sorted(entries, key=_offset):
            row = self._by_id[entry.id] = Row(entry.id, entry.offset, entry.data)
            row.opened, row.seen, row.archived = entry.opened, entry.seen, entry.archived
            self._ordered.append(row)
            self._count(row, 1)

    def change(self, change: Change) -> list[Row]:
        """Carry out a state change; return the rows it touched."""
        rows = list(self._named(change))
        sets = SETS.get(change.name, {})
        for row in rows:
            self._count(row, -1)
            for state, value in sets.items():
                setattr(row, state, value)
            if change.name in REMOVES:
                row.gone = True
                del self._by_id[row.id]
            self._count(row, 1)
        if len(self._ordered) > 2 * len(self._by_id) + 16:
            self._ordered = [row for row in self._ordered if not row.gone]
        return rows

    def page(self, wanted: Filter, limit: int, before: int | None = None) -> tuple[list[Entry], bool]:
        """Return up to `limit` entries below offset `before`, newest first, and if there are more."""
        end = len(self._ordered)
        if before is not None:
            end = bisect_left(self._ordered, before, key=_offset)
        found: list[Entry] = []
        for index in range(end - 1, -1, -1):
            row = self._ordered[index]
            if not row.gone and admits(wanted, row):
                if len(found) == limit:
                    return found, True
                found.append(row.entry())
        return found, False

    def _named(self, change: Change) -> Iterator[Row]:
        if change.through is None:
            found = (self._by_id.get(id) for id in dict.fromkeys(change.ids))
            return (row for row in found if row)
        end = bisect_right(self._ordered, change.through.offset, key=_offset)
        return (
            row
            for row in self._ordered[:end]
            if not row.gone and change.category in (None, row.facts.category)
        )

    def _count(self, row: Row, sign: int) -> None:
        if row.pending:
            self.pending += sign
            if not row.seen:
                self.unseen += sign


def admits(wanted: Filter, row: Row) -> bool:
    """Tell whether a filter wants this row."""
    return (
        (wanted.state is None or _IN_STATE[wanted.state](row))
        and wanted.category in (None, row.facts.category)
        and (wanted.since is None or row.facts.created >= wanted.since.timestamp())
        and (wanted.ids is None or row.id in wanted.ids)
    )


_IN_STATE = {
    "pending": lambda row: row.pending,
    "unseen": lambda row: row.unseen,
    "opened": lambda row: row.opened and not row.archived,
    "archived": lambda row: row.archived,
}
