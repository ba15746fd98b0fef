"""What is to be appended later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from tidings.changes import is_change
from tidings.digest import digest
from tidings.errors import Conflict, InvalidData, TidingsError
from tidings.event import Event, Scheduled
from tidings.inbox_row import facts
from tidings.notification import NOTIFICATION
from tidings_sql.bulk import bulk
from tidings_sql.found import Key, find, find_states
from tidings_sql.head import Head, locked
from tidings_sql.item import KNOWN, Item, check_id, known_values
from tidings_sql.tables import heads as heads_table
from tidings_sql.tables import ids, scheduled
from tidings_sql.transaction import transaction

_COLUMNS = "channel id at name data origin"


def schedule(
    connection: Connection, events: Sequence[Event], at: datetime
) -> Sequence[Scheduled | Exception]:
    """Keep these events until `at`; answer for each."""
    with locked(connection, (event.channel for event in events)) as heads:
        return plan(connection, heads, events, at)


def plan(
    connection: Connection, heads: Mapping[str, Head], events: Sequence[Event], at: datetime
) -> Sequence[Scheduled | Exception]:
    """Keep these events until `at`, within a transaction that holds their channels' heads."""
    planning = _Planning(connection, at)
    planning.known = find(connection, [(event.id, heads[event.channel].id) for event in events])
    results: list[Scheduled | Exception] = []
    for event in events:
        try:
            results.append(planning.plan(heads[event.channel], event))
        except TidingsError as refusal:
            results.append(refusal)
    planning.write()
    return results


def cancel(connection: Connection, id: str) -> int:  # noqa: A002
    """Drop what is scheduled under this id; return for how many channels."""
    planned = (
        select(heads_table.c.name)
        .join(ids, ids.c.channel == heads_table.c.id)
        .where(ids.c.id == id, ids.c.offset == 0)
    )
    with transaction(connection):
        names = connection.scalars(planned).all()
    with locked(connection, names) as heads:
        known = find_states(connection, [(id, head.id) for head in heads.values()])
        unplan(connection, [item for item in known.values() if not item.offset])
    return sum(not item.offset for item in known.values())


def unplan(connection: Connection, items: Sequence[Item]) -> None:
    """Forget that these are scheduled, and that they were."""
    many = bulk(connection)
    many.delete(connection, scheduled, "channel id", [(i.channel, i.id) for i in items])
    many.delete(connection, ids, "id channel", [(i.id, i.channel) for i in items])


class _Planning:
    """Events on their way into the schedule, in one transaction."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        self.known: dict[Key, Item] = {}
        self._connection = connection
        self._at = at
        self._new: list[tuple[Item, Event]] = []

    def plan(self, head: Head, event: Event) -> Scheduled:
        check_id(event)
        known = self.known.get((event.id, head.id))
        if known is not None:
            if not known.says(event):
                raise Conflict(
                    f"id {event.id!r} was used before with other content: choose a new one"
                )
            return Scheduled(self._planned_at(known), duplicate=True)
        if is_change(event):
            raise InvalidData("a change is of entries that are there now: it cannot be scheduled")
        if head.inbox and event.name == NOTIFICATION:
            facts(event.data)  # refused now rather than when it is due
        item = Item(head.id, 0, event.id, digest=digest(event))
        self.known[event.id, head.id] = item
        self._new.append((item, event))
        return Scheduled(self._at)

    def write(self) -> None:
        many, at = bulk(self._connection), self._at.timestamp()
        rows = [
            (item.channel, event.id, at, event.name, event.data, event.origin)
            for item, event in self._new
        ]
        many.insert(self._connection, scheduled, _COLUMNS, rows)
        many.insert(self._connection, ids, KNOWN, [known_values(item) for item, _ in self._new])

    def _planned_at(self, item: Item) -> datetime:
        """Return when it is to come: then, if it is in the log already."""
        at = self._connection.scalar(
            select(scheduled.c.at).where(
                scheduled.c.channel == item.channel, scheduled.c.id == item.id
            )
        )
        return datetime.fromtimestamp(at, UTC) if at is not None else self._at
