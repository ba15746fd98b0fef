"""Reading the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from sys import intern
from typing import Any

from sqlalchemy import Connection, Select, Text, select

from tidings.event import Counts, Event, Position, Recalled
from tidings_sql.head import first_epoch, head
from tidings_sql.many import listed, pack
from tidings_sql.tables import entries
from tidings_sql.tables import heads as heads_table


def recall(connection: Connection, channel: str, after: int, limit: int) -> Recalled:
    """Read up to `limit` events of a log with offsets greater than `after`."""
    found = head(connection, channel)
    if found is None:
        return Recalled((), first_epoch(connection), 1, 0)
    column = entries.c
    rows = connection.execute(
        select(
            column.offset,
            column.id,
            column.name,
            column.data,
            column.pending,
            column.unseen,
            column.origin,
        )
        .where(column.channel == found.id, column.offset > max(after, found.first - 1))
        .order_by(column.offset)
        .limit(limit)
    )
    events = [event(channel, found.epoch, row) for row in rows.all()]
    return Recalled(events, found.epoch, found.first, found.head)


def heads(connection: Connection, channels: Sequence[str]) -> Mapping[str, Position]:
    """Read the newest position of each of these channels."""
    rows = connection.execute(
        _reading(connection.dialect.name), {"names": pack((name,) for name in channels)}
    )
    found = {name: Position(intern(epoch), offset) for name, epoch, offset in rows}
    if len(found) < len(set(channels)):
        unwritten = Position(first_epoch(connection), 0)
        return {name: found.get(name, unwritten) for name in channels}
    return found


def event(channel: str, epoch: str, row: Sequence[Any]) -> Event:
    """Make the event that a row holds: offset, id, name, data, pending, unseen, origin."""
    offset, id, name, data, pending, unseen, origin = row  # noqa: A001
    counts = None if pending is None or unseen is None else Counts(pending, unseen)
    return Event(channel, name, bytes(data), id, Position(epoch, offset), counts, origin)


@cache
def _reading(dialect: str) -> Select[Any]:
    names = listed(dialect, "names", name=Text)
    column = heads_table.c
    return select(column.name, column.epoch, column.head).where(
        column.name.in_(select(names.c.name))
    )
