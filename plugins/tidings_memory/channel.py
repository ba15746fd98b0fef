"""One channel as the store has it: its log, its user's inbox, and the ids it knows."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from tidings.changes import DELETED, REDACTED, REMOVES, Change, is_change, read_change
from tidings.digest import digest, digest_of
from tidings.errors import Conflict, StalePosition
from tidings.event import Counts, Event, Position, Stored
from tidings.inbox_fold import Fold
from tidings.inbox_row import Row, facts
from tidings.keeps import Keeps
from tidings.names import channel_user
from tidings.notification import NOTIFICATION
from tidings_memory.agenda import Agenda
from tidings_memory.ages import Ages
from tidings_memory.ids import KnownIds
from tidings_memory.log import ChannelLog

record = tuple.__new__
"""Makes a record from its fields in half the time of calling its class: a cost at every event."""


class Channel:
    """What the store knows of one channel.

    An id is known by its row in the inbox; by `ids` if it has none there, from the start or from
    when it left, until `remember` after its entry in the log is trimmed as well.

    Attributes:
        name: the channel's name.
        log: its events.
        inbox: its user's notifications; None where it is no user's channel.
        ids: the ids that are not the inbox's.
        ages: when offsets were given.
        expiries: when notifications in the inbox expire, by id.
        due: a moment before which nothing is to be taken away, in seconds since 1970.
        planned: the moment which its store has planned to look at it.
    """

    __slots__ = ("_keeps", "ages", "due", "expiries", "ids", "inbox", "log", "name", "planned")

    def __init__(self, name: str, epoch: str, keeps: Keeps) -> None:
        self._keeps = keeps
        self.name = name
        self.log = ChannelLog(epoch)
        self.inbox = Fold() if channel_user(name) is not None else None
        self.ids = KnownIds()
        self.ages = Ages()
        self.expiries: Agenda[str] | None = None
        self.due = self.planned = inf

    def known(self, event: Event) -> Stored | None:
        """Return how this event was stored before, or None where its id is new.

        Raises:
            Conflict: it was, with other content.
        """
        row = self.inbox.get(event.id) if self.inbox is not None else None
        known = self.ids.get(event.id) if row is None else None
        if row is not None:
            offset = row.offset
            same = event.name == NOTIFICATION and (
                event.data == row.data or digest(event) == digest_of(NOTIFICATION, row.data)
            )
        elif known is not None:
            offset = known.offset
            same = digest(event) == known.digest
        else:
            return None
        if not same:
            raise Conflict(f"id {event.id!r} was used before with other content: choose a new one")
        entry = self.log.get(offset)
        counts = entry.counts if entry is not None else None
        return Stored(Position(self.log.epoch, offset), counts, duplicate=True)

    def append(self, event: Event, now: float) -> Event:
        """Append an event whose id is new; return it with its position and counts.

        Raises:
            StalePosition: it is a change through a position of another epoch.
            InvalidData: it is a change or may expire, and its data is not what its name says.
        """
        channel, name, data, id, _, _, origin = event  # noqa: A001
        log, inbox, keeps = self.log, self.inbox, self._keeps
        offset = log.head + 1
        counts = None
        if inbox is not None:
            self._fold(inbox, event, offset, now)
            counts = record(Counts, (inbox.pending, inbox.unseen))
        if inbox is None or name != NOTIFICATION:
            self.ids.add(id, offset, digest_of(name, data))
        position = record(Position, (log.epoch, offset))
        stored = record(Event, (channel, name, data, id, position, counts, origin))
        log.append(stored)
        self.ages.note(offset, now)
        if offset - log.first >= keeps.log_count:
            self.trim(offset - keeps.log_count, now)
        by_age = now + keeps.shortest
        if by_age < self.due:  # noqa: PLR1730 (min is a call: a cost at every event)
            self.due = by_age
        return stored

    def trim(self, through: int, now: float) -> None:
        """Drop the log's events up to and including this offset."""
        inbox, forget_at = self.inbox, now + self._keeps.remember
        for event in self.log.drop(through):
            if inbox is None or inbox.get(event.id) is None:
                self.ids.leave(event.id, forget_at)
        self.due = min(self.due, forget_at)

    def _fold(self, inbox: Fold, event: Event, offset: int, now: float) -> None:
        if event.name == NOTIFICATION:
            if event.data.rfind(b'"expires_at"') >= 0:  # quicker than reading all as JSON
                self._expire(event.id, facts(event.data).expires)
            inbox.enter(event.id, offset, event.data)
            if len(inbox) > self._keeps.inbox_count:
                self.due = now
        elif is_change(event):
            self._change(inbox, read_change(event), now)

    def _expire(self, id: str, at: float | None) -> None:  # noqa: A002
        if at is None:
            return
        if self.expiries is None:
            self.expiries = Agenda()
        self.expiries.plan(id, at)
        self.due = min(self.due, at)

    def _change(self, inbox: Fold, change: Change, now: float) -> None:
        if change.through is not None and change.through.epoch != self.log.epoch:
            raise StalePosition("the change names a position of another log: read the inbox again")
        rows = inbox.change(change)
        if change.name in REMOVES:
            for row in rows:
                self._left(row, now)
        if change.name == DELETED:
            self._redact(change.ids or [row.id for row in rows])

    def _left(self, row: Row, now: float) -> None:
        """Know the id of what left the inbox."""
        self.ids.add(row.id, row.offset, digest_of(NOTIFICATION, row.data))
        if row.offset < self.log.first:
            self.ids.leave(row.id, now + self._keeps.remember)
        if self.expiries is not None:
            self.expiries.drop(row.id)

    def _redact(self, ids: Iterable[str]) -> None:
        """Take the content of these notifications out of the log."""
        for id in ids:  # noqa: A001
            known = self.ids.get(id)
            if known is None:
                continue
            event = self.log.get(known.offset)
            if event is not None and event.name == NOTIFICATION:
                redacted = Event(self.name, REDACTED, b"{}", id, event.position, event.counts)
                self.log.replace(known.offset, redacted)
