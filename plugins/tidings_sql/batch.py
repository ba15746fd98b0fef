"""Events on their way into the tables: places and counts first, rows many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from tidings.changes import Change, read_change
from tidings.errors import Conflict, InvalidData, TidingsError
from tidings.event import Event, Position, Stored
from tidings.inbox_row import CHANGES, PENDING, UNSEEN, facts
from tidings.notification import NOTIFICATION
from tidings_sql.altering import alter
from tidings_sql.bulk import bulk
from tidings_sql.found import Key, find, find_states
from tidings_sql.head import Head
from tidings_sql.item import ENTRY, KNOWN, Item, check_id, entry_values, known_values
from tidings_sql.tables import entries, ids, owed, scheduled
from tidings_sql.terms import Terms, later

SWEEP = 100
"""How many entries the log lets go before they are deleted, which is quicker together."""

_OWED = "carrier channel epoch offset id name data pending unseen origin since"


class Batch:
    """What one transaction appends to channels whose heads it holds.

    Positions and counts are worked out here; the rows are written at `flush`, which whoever
    reads them from the tables calls before.

    Attributes:
        connection: the transaction's.
        terms: what holds for it.
        known: what is known of the ids that its events are, or are about.
        states: states to write, by channel and offset.
    """

    def __init__(self, connection: Connection, heads: Mapping[str, Head], terms: Terms) -> None:
        self.connection = connection
        self.terms = terms
        self.known: dict[Key, Item] = {}
        self.states: dict[tuple[int, int], int] = {}
        self._heads = heads
        self._due = terms.now + later(terms.keeps.shortest)
        self._new: list[Item] = []
        self._owed: list[tuple[object, ...]] = []

    def persist(self, events: Sequence[Event]) -> list[Stored | Exception]:
        """Append those of these events that are new; answer for each, as the hook does."""
        results: list[Stored | Exception] = []
        for event, change in zip(events, self._learn(events), strict=True):
            try:
                results.append(self._persist(event, change))
            except TidingsError as refusal:
                results.append(refusal)
        return results

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Append these events, which are new or were planned; return them as the log has them."""
        appended = []
        for event, change in zip(events, self._learn(events), strict=True):
            head = self._heads[event.channel]
            item = self._enter(head, event, change)
            position = Position(head.epoch, item.offset)
            appended.append(event._replace(position=position, counts=item.counts))
        return appended

    def flush(self) -> None:
        """Write the rows."""
        new, self._new = self._new, []
        owing, self._owed = self._owed, []
        states, self.states = self.states, {}
        connection, many = self.connection, bulk(self.connection)
        many.insert(connection, entries, ENTRY, [entry_values(item) for item in new])
        many.insert(connection, ids, KNOWN, [known_values(i) for i in new if not i.planned])
        _unplan(connection, [item for item in new if item.planned])
        rows = [(value, *place) for place, value in states.items()]
        many.update(connection, entries, "states", "channel offset", rows)
        many.insert(connection, owed, _OWED, owing)
        for item in new:
            item.stored = True

    def set_states(self, head: Head, item: Item, states: int) -> None:
        """Set the states of an entry in the inbox."""
        was, item.states = item.states or 0, states
        head.pending += PENDING[states] - PENDING[was]
        head.unseen += UNSEEN[states] - UNSEEN[was]
        if item.stored:
            self.states[item.channel, item.offset] = states

    def _learn(self, events: Iterable[Event]) -> list[Change | InvalidData | None]:
        """Find what is known of the ids in these events; return the changes that they are."""
        own: list[Key] = []
        named: set[Key] = set()
        changes: list[Change | InvalidData | None] = []
        for event in events:
            head = self._heads[event.channel]
            own.append((event.id, head.id))
            change: Change | InvalidData | None = None
            if event.name in CHANGES and head.inbox:
                try:
                    change = read_change(event)
                    named.update((id, head.id) for id in change.ids)  # noqa: A001
                except InvalidData as wrong:
                    change = wrong
            changes.append(change)
        known = find_states(self.connection, named)
        known.update(find(self.connection, own))
        self.known = {**known, **self.known}
        return changes

    def _persist(self, event: Event, change: Change | InvalidData | None) -> Stored:
        check_id(event)
        head = self._heads[event.channel]
        known = self.known.get((event.id, head.id))
        if known is not None:
            if not known.says(event):
                raise Conflict(
                    f"id {event.id!r} was used before with other content: choose a new one"
                )
            if known.offset:
                counts = known.counts if known.offset >= head.first else None
                return Stored(Position(head.epoch, known.offset), counts, duplicate=True)
        item = self._enter(head, event, change)
        return Stored(Position(head.epoch, item.offset), item.counts)

    def _enter(self, head: Head, event: Event, change: Change | InvalidData | None) -> Item:
        channel, name, data, id, _, _, origin = event  # noqa: A001
        item = Item(head.id, 0, id, name, data)
        if head.inbox:
            if name == NOTIFICATION:
                self._notify(head, item)
            elif change is not None:
                if isinstance(change, InvalidData):
                    raise change
                alter(self, head, change)
            item.pending, item.unseen = head.pending, head.unseen
        head.head = item.offset = head.head + 1
        item.origin, item.at = origin, self.terms.now
        key = id, head.id
        item.stored, item.planned = False, key in self.known
        self.known[key] = item
        self._new.append(item)
        for carrier in self.terms.carriers:
            counts = (item.pending, item.unseen)
            owing = (carrier, channel, head.epoch, item.offset, id, name, data, *counts, origin)
            self._owed.append((*owing, item.at))
        self._let_go(head)
        return item

    def _notify(self, head: Head, item: Item) -> None:
        item.category, item.created, item.expires = facts(item.data)
        item.states = 0
        head.size += 1
        head.pending += 1
        head.unseen += 1
        if item.expires is not None:
            head.due = min(head.due, item.expires)
        if head.size > self.terms.keeps.inbox_count:
            head.due = self.terms.now

    def _let_go(self, head: Head) -> None:
        head.due = min(head.due, self._due)
        first = head.head - self.terms.keeps.log_count + 1
        if first > head.first:
            head.first = first
            if first - head.swept > SWEEP:
                head.due = self.terms.now


def _unplan(connection: Connection, planned: Sequence[Item]) -> None:
    """Move these from the schedule to the log."""
    places = [(item.offset, item.digest, item.id, item.channel) for item in planned]
    bulk(connection).update(connection, ids, "offset digest", "id channel", places)
    keys = [(item.channel, item.id) for item in planned]
    bulk(connection).delete(connection, scheduled, "channel id", keys)
