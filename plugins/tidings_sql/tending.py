"""What time and number take away from a channel, a few things at a time."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select

from tidings.changes import EVICTED, EXPIRED, IDS_LIMIT, Change
from tidings.event import Event
from tidings_sql.batch import Batch
from tidings_sql.head import Head
from tidings_sql.item import Item
from tidings_sql.leaving import erase
from tidings_sql.tables import entries, ids
from tidings_sql.terms import Terms, later


class Tended(NamedTuple):
    """The events that tending a channel brought about, and how many things it took away."""

    events: Sequence[Event]
    taken: int


def tend(batch: Batch, head: Head, limit: int) -> Tended:
    """Take away what is due: up to `limit` entries of inbox and log and remembered ids together."""
    connection, terms = batch.connection, batch.terms
    expired = _expired(connection, head, terms, limit)
    events = _take_out(batch, head, EXPIRED, expired)
    evicted = _evicted(connection, head, terms, limit - len(expired))
    events += _take_out(batch, head, EVICTED, evicted)
    taken = len(expired) + len(evicted)
    _trim(connection, head, terms, limit - taken)
    taken += sweep(connection, head, terms, limit - taken)
    taken += _forget_ids(connection, head, terms, limit - taken)
    head.due = _next_due(connection, head, terms)
    return Tended(events, taken)


def sweep(connection: Connection, head: Head, terms: Terms, limit: int) -> int:
    """Delete what the log has let go and no inbox has; return how many entries were looked at."""
    if head.swept >= head.first - 1 or limit <= 0:
        return 0
    column = entries.c
    rows = connection.execute(
        select(column.offset, column.id, column.name, column.data, column.states, ids.c.digest)
        .join(ids, (ids.c.id == column.id) & (ids.c.channel == column.channel))
        .where(column.channel == head.id, column.offset > head.swept, column.offset < head.first)
        .order_by(column.offset)
        .limit(limit)
    ).all()
    gone = [
        Item(head.id, offset, id, name, data, digest=digest)
        for offset, id, name, data, states, digest in rows  # noqa: A001
        if states is None
    ]
    head.swept = rows[-1].offset if len(rows) == limit else head.first - 1
    erase(connection, head, gone, terms)
    return len(rows)


def _take_out(batch: Batch, head: Head, name: str, gone: Sequence[str]) -> list[Event]:
    changes = [
        Change(name, tuple(gone[start : start + IDS_LIMIT])).event(head.name)
        for start in range(0, len(gone), IDS_LIMIT)
    ]
    events = batch.append(changes)
    batch.flush()
    return events


def _expired(connection: Connection, head: Head, terms: Terms, limit: int) -> Sequence[str]:
    return connection.scalars(
        select(entries.c.id)
        .where(entries.c.channel == head.id, entries.c.expires <= terms.now)
        .order_by(entries.c.expires, entries.c.offset)
        .limit(limit)
    ).all()


def _evicted(connection: Connection, head: Head, terms: Terms, limit: int) -> Sequence[str]:
    if limit <= 0 or not head.size:
        return ()
    over = head.size - terms.keeps.inbox_count
    old = terms.now - terms.keeps.inbox_age
    rows = connection.execute(
        select(entries.c.id, entries.c.at)
        .where(entries.c.channel == head.id, entries.c.states.is_not(None))
        .order_by(entries.c.offset)
        .limit(limit)
    )
    gone = []
    for index, (id, at) in enumerate(rows):  # noqa: A001
        if index >= over and at > old:
            break
        gone.append(id)
    return gone


def _trim(connection: Connection, head: Head, terms: Terms, limit: int) -> None:
    """Move the log's old end past what is too old."""
    if limit <= 0:
        return
    old = terms.now - terms.keeps.log_age
    rows = connection.execute(
        select(entries.c.offset, entries.c.at)
        .where(entries.c.channel == head.id, entries.c.offset >= head.first)
        .order_by(entries.c.offset)
        .limit(limit)
    )
    for offset, at in rows:
        if at > old:
            break
        head.first = offset + 1


def _forget_ids(connection: Connection, head: Head, terms: Terms, limit: int) -> int:
    if limit <= 0:
        return 0
    due = connection.scalars(
        select(ids.c.id)
        .where(ids.c.channel == head.id, ids.c.forget_at <= terms.now)
        .order_by(ids.c.forget_at)
        .limit(limit)
    ).all()
    if due:
        connection.execute(delete(ids).where(ids.c.channel == head.id, ids.c.id.in_(due)))
    return len(due)


def _next_due(connection: Connection, head: Head, terms: Terms) -> float:
    """Return when the next thing is to be taken away: never (infinity) where there is nothing."""
    if head.swept < head.first - 1 or head.size > terms.keeps.inbox_count:
        return terms.now
    oldest, entered, expires, forget_at = connection.execute(_dues(head)).one()
    dues = [due for due in (expires, forget_at) if due is not None]
    if oldest is not None:
        dues.append(oldest + later(terms.keeps.log_age))
    if entered is not None:
        dues.append(entered + later(terms.keeps.inbox_age))
    return min(dues, default=inf)


def _dues(head: Head) -> Any:
    """Ask when the oldest of log and inbox came, and what expires or may be forgotten first."""
    mine = entries.c.channel == head.id
    ordered = select(entries.c.at).where(mine).order_by(entries.c.offset).limit(1)
    expiring = select(func.min(entries.c.expires)).where(mine, entries.c.expires.is_not(None))
    leaving = select(func.min(ids.c.forget_at)).where(
        ids.c.channel == head.id, ids.c.forget_at.is_not(None)
    )
    return select(
        ordered.where(entries.c.offset >= head.first).scalar_subquery(),
        ordered.where(entries.c.states.is_not(None)).scalar_subquery(),
        expiring.scalar_subquery(),
        leaving.scalar_subquery(),
    )
