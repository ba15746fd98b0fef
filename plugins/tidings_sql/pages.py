"""Reading an inbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any

from sqlalchemy import Connection, Select, Text, select

from tidings.event import Counts, Position
from tidings.inbox_row import ARCHIVED, OPENED, SEEN
from tidings.page import Entry, Filter, Page, State
from tidings_sql.head import Head, first_epoch, head
from tidings_sql.many import listed, pack
from tidings_sql.tables import entries, ids

_STATES: Mapping[State, tuple[int, ...]] = {
    "pending": (0, SEEN),
    "unseen": (0,),
    "opened": (OPENED, OPENED | SEEN),
    "archived": tuple(range(ARCHIVED, ARCHIVED + 4)),
}


def page(
    connection: Connection,
    channel: str,
    wanted: Filter,
    limit: int,
    before: int | None,
) -> Page:
    """Read up to `limit` entries of an inbox, newest first, with offsets below `before`."""
    found = head(connection, channel)
    if found is None:
        return Page((), Counts(0, 0), Position(first_epoch(connection), 0))
    rows = _rows(found, wanted)
    if wanted.ids is not None:  # looked up by their ids, rather than among all of the inbox
        offsets = _offsets(connection, found, wanted.ids)
        rows = rows.where(entries.c.offset.in_([o for o in offsets if o < (before or inf)]))
    elif before is not None:
        rows = rows.where(entries.c.offset < before)
    most = _most(found, wanted, limit)
    shown = [_entry(*row) for row in connection.execute(rows.limit(most))]
    return Page(shown[:limit], found.counts, found.position, len(shown) > limit)


def counts(connection: Connection, channel: str) -> Counts:
    """Read what the badge shows."""
    found = head(connection, channel)
    return found.counts if found is not None else Counts(0, 0)


def _most(found: Head, wanted: Filter, limit: int) -> int:
    """Return how many rows to look for: where all that can be found are, the search ends."""
    if wanted.state == "pending":
        return min(limit + 1, found.pending)
    if wanted.state == "unseen":
        return min(limit + 1, found.unseen)
    return limit + 1


def _rows(found: Head, wanted: Filter) -> Select[Any]:
    column = entries.c
    rows = (
        select(column.id, column.offset, column.data, column.states)
        .where(column.channel == found.id)
        .order_by(column.offset.desc())
    )
    if wanted.state is None:
        rows = rows.where(column.states.is_not(None))
    else:
        rows = rows.where(column.states.in_(_STATES[wanted.state]))
    if wanted.category is not None:
        rows = rows.where(column.category == wanted.category)
    if wanted.since is not None:
        rows = rows.where(column.created >= wanted.since.timestamp())
    return rows


def _offsets(connection: Connection, found: Head, names: Iterable[str]) -> Sequence[int]:
    """Find where these ids stand."""
    named = select(listed(connection.dialect.name, "ids", id=Text).c.id)
    rows = select(ids.c.offset).where(ids.c.id.in_(named), ids.c.channel == found.id)
    return connection.scalars(rows, {"ids": pack((name,) for name in names)}).all()


def _entry(id: str, offset: int, data: bytes, states: int) -> Entry:  # noqa: A002
    return Entry(
        id,
        offset,
        bytes(data),
        bool(states & OPENED),
        bool(states & SEEN),
        bool(states & ARCHIVED),
    )
