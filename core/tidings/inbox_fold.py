"""The inbox as a pure fold over its log: the one place that says what an event does to it.

Stores without rows are served by it, the memory store keeps one a user, devices apply it to the
entries they have loaded, and the tests hold every other implementation against it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter

from tidings.changes import REMOVES, Change, is_change, read_change
from tidings.event import Counts, Event
from tidings.inbox_row import CHANGES, GONE, PENDING, UNSEEN, Row, admitted
from tidings.notification import NOTIFICATION
from tidings.page import Entry, Filter

_STRIDE = 500
_offset = attrgetter("offset")


class Fold:
    """One user's inbox, made by applying its events in order.

    Attributes:
        pending: how many of its entries are pending.
        unseen: how many of them are unseen.
    """

    __slots__ = ("_by_id", "_oldest", "_ordered", "pending", "unseen")

    def __init__(self) -> None:
        self._by_id: dict[str, Row] = {}
        self._ordered: list[Row] = []  # by offset; rows that are gone stay until there are many
        self._oldest = 0  # no row before this index is still in the inbox
        self.pending = 0
        self.unseen = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Row]:
        """Go through the entries, oldest first."""
        for index in range(self._oldest, len(self._ordered)):
            row = self._ordered[index]
            if not row.gone:
                yield row

    def get(self, id: str) -> Row | None:  # noqa: A002
        """Return the entry of this id, or None where the inbox has none."""
        return self._by_id.get(id)

    @property
    def oldest(self) -> Row | None:
        """The entry with the lowest offset, or None where the inbox is empty."""
        return self._ordered[self._oldest] if self._by_id else None

    @property
    def counts(self) -> Counts:
        """Both counts as they are now."""
        return Counts(self.pending, self.unseen)

    def apply(self, event: Event) -> None:
        """Do to the inbox what this event says; events of other kinds do nothing to it.

        Raises:
            InvalidData: its data is not what its name says; the inbox is as it was.
        """
        if event.name == NOTIFICATION:
            self.add(event)
        elif is_change(event):
            self.change(read_change(event))

    def add(self, event: Event) -> Row | None:
        """Enter a notification, at the offset it has in the log; a known id is no news."""
        if event.position is None or event.id in self._by_id:
            return None
        return self.enter(event.id, event.position.offset, event.data)

    def enter(self, id: str, offset: int, data: bytes) -> Row:  # noqa: A002
        """Enter a new notification, at an offset above all others."""
        row = Row(id, offset, data)
        self._by_id[id] = row
        self._ordered.append(row)
        self.pending += 1
        self.unseen += 1
        return row

    def drop_oldest(self) -> None:
        """Let go of the oldest entry, as a device does that shows so many and no more."""
        if oldest := self.oldest:
            self.pending -= PENDING[oldest.states]
            self.unseen -= UNSEEN[oldest.states]
            oldest.states |= GONE
            del self._by_id[oldest.id]
            self._tidy()

    def load(self, entries: Iterable[Entry]) -> None:
        """Enter entries as pages show them, in place of all that is here."""
        self._ordered = [Row.of(entry) for entry in sorted(entries, key=_offset)]
        self._by_id = {row.id: row for row in self._ordered}
        self._oldest = 0
        self.pending = sum(PENDING[row.states] for row in self._ordered)
        self.unseen = sum(UNSEEN[row.states] for row in self._ordered)

    def change(self, change: Change) -> list[Row]:
        """Carry out a state change; return the rows it altered."""
        on, keep = CHANGES[change.name]
        rows = [row for row in self._named(change) if (row.states | on) & keep != row.states]
        for row in rows:
            was, row.states = row.states, (row.states | on) & keep
            self.pending += PENDING[row.states] - PENDING[was]
            self.unseen += UNSEEN[row.states] - UNSEEN[was]
        if change.name in REMOVES:
            for row in rows:
                del self._by_id[row.id]
            self._tidy()
        return rows

    def page(
        self, wanted: Filter, limit: int, before: int | None = None
    ) -> tuple[list[Entry], bool]:
        """Return up to `limit` entries below offset `before`, newest first, and if more follow."""
        found: list[Row] = []
        for rows in self._newest_first(wanted, before):
            found += reversed(admitted(rows, wanted))
            if len(found) > limit:
                break
        return [row.entry() for row in found[:limit]], len(found) > limit

    def _newest_first(self, wanted: Filter, before: int | None) -> Iterator[list[Row]]:
        """Go through the rows below offset `before`, some at a time, each lot oldest first."""
        ordered, oldest = self._ordered, self._oldest
        if wanted.ids is not None:
            named = (row for row in map(self._by_id.get, wanted.ids) if row)
            ordered, oldest = sorted(named, key=_offset), 0
        end = len(ordered) if before is None else bisect_left(ordered, before, key=_offset)
        while end > oldest:
            start = max(oldest, end - _STRIDE)
            yield ordered[start:end]
            end = start

    def _named(self, change: Change) -> list[Row]:
        """Find the rows a change is about."""
        if change.through is None:
            found = map(self._by_id.get, dict.fromkeys(change.ids))
            return [row for row in found if row]
        end = bisect_right(self._ordered, change.through.offset, key=_offset)
        return admitted(self._ordered[self._oldest : end], Filter(category=change.category))

    def _tidy(self) -> None:
        """Let go of rows that are gone: at the old end at once, else when they are an eighth."""
        ordered = self._ordered
        while self._oldest < len(ordered) and ordered[self._oldest].states >= GONE:
            self._oldest += 1
        if 8 * (len(ordered) - len(self._by_id)) > len(ordered) + 128:
            self._ordered = [row for row in ordered if not row.gone]
            self._oldest = 0
