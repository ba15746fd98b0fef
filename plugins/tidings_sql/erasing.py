"""Trimming a log by hand, and forgetting a channel."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from tidings_sql.head import head as read_head
from tidings_sql.head import locked, save
from tidings_sql.schema import new_epoch
from tidings_sql.tables import entries, ids, owed, scheduled, staged
from tidings_sql.tending import sweep
from tidings_sql.terms import Terms
from tidings_sql.transaction import transaction

_STEP = 500


def trim(connection: Connection, channel: str, through: int, terms: Terms) -> None:
    """Forget a log's events up to and including this offset, in small transactions."""
    with transaction(connection):
        if read_head(connection, channel) is None:
            return
    more = True
    while more:
        with locked(connection, [channel]) as heads:
            head = heads[channel]
            head.first = max(head.first, min(through, head.head) + 1)
            more = sweep(connection, head, terms, _STEP) == _STEP
            save(connection, [head])


def forget(connection: Connection, channel: str) -> None:
    """Erase all that is known of this channel; its log is a new one from here on."""
    with locked(connection, [channel]) as heads:
        head = heads[channel]
        mine = select(entries.c.id).where(entries.c.channel == head.id)
        planned = select(scheduled.c.id).where(scheduled.c.channel == head.id)
        known = ids.c.channel == head.id
        for which in (ids.c.id.in_(mine), ids.c.id.in_(planned), ids.c.forget_at.is_not(None)):
            connection.execute(delete(ids).where(known, which))
        for table in (entries, scheduled):
            connection.execute(delete(table).where(table.c.channel == head.id))
        for table in (owed, staged):
            connection.execute(delete(table).where(table.c.channel == channel))
        head.renew(new_epoch())
        save(connection, [head])
