"""What falls due: scheduled events are appended, channels tended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, func, select

from tidings.event import Event, Fired
from tidings_sql.batch import Batch
from tidings_sql.database import Database
from tidings_sql.head import Head, locked, save
from tidings_sql.tables import heads as heads_table
from tidings_sql.tables import scheduled
from tidings_sql.tending import tend
from tidings_sql.terms import Terms
from tidings_sql.transaction import transaction

_CHANNELS = 50
"""The most channels tended in one transaction, which pushes have to wait for."""


async def fire(database: Database, limit: int, terms: Terms) -> Fired:
    """Append what is due, and take away what has had its time: up to `limit` things in all.

    It looks by reading first: where nothing is due, it neither waits for who writes nor is in
    their way.
    """
    following = await database.read(_following)
    if following is None or following.timestamp() > terms.now:
        return Fired((), following)
    return await database.write(partial(_fire, limit=limit, terms=terms), repeatable=False)


def _fire(connection: Connection, limit: int, terms: Terms) -> Fired:
    with transaction(connection):
        planned, tended = _due(connection, limit, terms.now)
        if not planned and not tended:  # another process was faster
            return Fired((), _following(connection))
    with locked(connection, [*planned.values(), *tended]) as heads:
        batch = Batch(connection, heads, terms)
        events = batch.append(_planned(connection, heads, list(planned)))
        left = limit - len(events)
        for name in tended:
            if left > 0 and heads[name].due <= terms.now:
                done = tend(batch, heads[name], left)
                events += done.events
                left -= max(done.taken, 1)
        batch.flush()
        save(connection, heads.values())
        return Fired(events, _following(connection))


def _due(connection: Connection, limit: int, now: float) -> tuple[Mapping[int, str], Sequence[str]]:
    """Return what is scheduled until now, each with its channel, and the channels to tend."""
    planned = connection.execute(
        select(scheduled.c.seq, heads_table.c.name)
        .join(heads_table, heads_table.c.id == scheduled.c.channel)
        .where(scheduled.c.at <= now)
        .order_by(scheduled.c.at, scheduled.c.seq)
        .limit(limit)
    )
    tended = connection.scalars(
        select(heads_table.c.name)
        .where(heads_table.c.due <= now)
        .order_by(heads_table.c.due)
        .limit(_CHANNELS)
    )
    return {seq: name for seq, name in planned}, tended.all()  # noqa: C416 (rows are no pairs)


def _planned(
    connection: Connection, heads: Mapping[str, Head], planned: Sequence[int]
) -> Sequence[Event]:
    """Return those events of these that are still scheduled now that their heads are held."""
    names = {head.id: head.name for head in heads.values()}
    column = scheduled.c
    rows = connection.execute(
        select(column.channel, column.name, column.data, column.id, column.origin)
        .where(column.seq.in_(planned))
        .order_by(column.at, column.seq)
    )
    return [
        Event(names[channel], name, bytes(data), id, origin=origin)
        for channel, name, data, id, origin in rows  # noqa: A001
    ]


def _following(connection: Connection) -> datetime | None:
    """Return when the next thing is due."""
    first = select(func.min(scheduled.c.at)).scalar_subquery()
    tending = select(func.min(heads_table.c.due)).scalar_subquery()
    dues = [due for due in connection.execute(select(first, tending)).one() if due is not None]
    return datetime.fromtimestamp(min(dues), UTC) if dues else None
