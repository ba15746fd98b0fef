"""Reading the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sys import intern
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Text, bindparam, select

from tidings.event import Counts, Event, Position, Recalled
from tidings_sql.head import first_epoch, head
from tidings_sql.many import fetched, listed, pack
from tidings_sql.tables import entries
from tidings_sql.tables import heads as heads_table


def recall(connection: Connection, channel: str, after: int, limit: int) -> Recalled:
    """Read up to `limit` events of a log with offsets greater than `after`."""
    found = head(connection, channel)
    if found is None:
        return Recalled((), first_epoch(connection), 1, 0)
    after = max(after, found.first - 1)
    rows = fetched(connection, _recalling, channel=found.id, after=after, limit=limit)
    epoch = intern(found.epoch)
    events = [event(channel, epoch, row) for row in rows]
    return Recalled(events, epoch, found.first, found.head)


def heads(connection: Connection, channels: Sequence[str]) -> Mapping[str, Position]:
    """Read the newest position of each of these channels."""
    rows = fetched(connection, _reading, names=pack((name,) for name in channels))
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


def _recalling(_dialect: str) -> Select[Any]:
    column = entries.c
    return (
        select(
            column.offset,
            column.id,
            column.name,
            column.data,
            column.pending,
            column.unseen,
            column.origin,
        )
        .where(column.channel == bindparam("channel"), column.offset > bindparam("after"))
        .order_by(column.offset)
        .limit(bindparam("limit", type_=BigInteger))
    )


def _reading(dialect: str) -> Select[Any]:
    names = listed(dialect, "names", name=Text)
    column = heads_table.c
    return select(column.name, column.epoch, column.head).where(
        column.name.in_(select(names.c.name))
    )
