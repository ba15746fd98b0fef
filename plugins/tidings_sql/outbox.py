"""What carriers still owe."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from tidings.event import Event, Owed
from tidings_sql.bulk import bulk
from tidings_sql.log import event
from tidings_sql.tables import owed as table
from tidings_sql.transaction import transaction


def owed(connection: Connection, carrier: str, limit: int) -> Sequence[Owed]:
    """Read the oldest events this carrier has not carried yet, in order."""
    column = table.c
    rows = connection.execute(
        select(
            column.since,
            column.channel,
            column.epoch,
            column.offset,
            column.id,
            column.name,
            column.data,
            column.pending,
            column.unseen,
            column.origin,
        )
        .where(column.carrier == carrier)
        .order_by(column.seq)
        .limit(limit)
    )
    return [Owed(event(channel, epoch, row), since) for since, channel, epoch, *row in rows]


def settle(connection: Connection, carrier: str, events: Sequence[Event]) -> None:
    """Strike these off what this carrier owes."""
    rows = [
        (event.channel, event.position.offset, event.position.epoch, carrier)
        for event in events
        if event.position is not None
    ]
    with transaction(connection):
        bulk(connection).delete(connection, table, "channel offset epoch carrier", rows)
