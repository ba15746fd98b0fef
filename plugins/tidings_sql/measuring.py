"""How much the database holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select, text

from tidings.names import channel_user
from tidings_sql.tables import entries, heads, ids, owed, revocations, scheduled, staged


class Held(NamedTuple):
    """One kind of thing that is kept: how many rows, and their bytes where the database tells.

    oldest: when the first of them came. due: when the first of them is to be sent.
    """

    what: str
    rows: int
    bytes: int | None = None
    oldest: datetime | None = None
    due: datetime | None = None


class Large(NamedTuple):
    """One of the largest inboxes."""

    user: str
    notifications: int
    pending: int
    unseen: int


class Stats(NamedTuple):
    """What the whole database takes on disk, what it holds, and whose inboxes are the largest."""

    bytes: int
    held: Sequence[Held]
    inboxes: Sequence[Large]


def measure(connection: Connection, top: int) -> Stats:
    """Count and measure; that reads whole tables, and delays nobody."""
    planned = _held(connection, "scheduled", scheduled, scheduled.c.at)
    held = [
        _held(connection, "channels", heads),
        _held(connection, "events", entries, entries.c.at),
        _held(connection, "known ids", ids),
        planned._replace(oldest=None, due=planned.oldest),
        _held(connection, "staged", staged, staged.c.since),
        *_owed(connection),
        _held(connection, "revocations", revocations),
    ]
    return Stats(_size(connection), held, list(_largest(connection, top)))


def _held(
    connection: Connection, what: str, table: Table, at: ColumnElement[float] | None = None
) -> Held:
    wanted: list[ColumnElement[Any]] = [func.count()]
    if at is not None:
        wanted.append(func.min(at))
    rows, *oldest = connection.execute(select(*wanted).select_from(table)).one()
    return Held(what, rows, _table_size(connection, table), _moment(*oldest))


def _owed(connection: Connection) -> Iterator[Held]:
    carriers: Select[Any] = (
        select(owed.c.carrier, func.count(), func.min(owed.c.since))
        .group_by(owed.c.carrier)
        .order_by(owed.c.carrier)
    )
    for carrier, rows, since in connection.execute(carriers):
        yield Held(f"owed to {carrier}", rows, oldest=_moment(since))


def _largest(connection: Connection, top: int) -> Iterator[Large]:
    largest = (
        select(heads.c.name, heads.c.size, heads.c.pending, heads.c.unseen)
        .where(heads.c.size > 0)
        .order_by(heads.c.size.desc(), heads.c.id)
        .limit(top)
    )
    for name, *numbers in connection.execute(largest):
        yield Large(channel_user(name) or name, *numbers)


def _size(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.scalar(select(func.pg_database_size(func.current_database()))) or 0)
    pages, size = (
        connection.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size")
    )
    return int(pages * size)


def _table_size(connection: Connection, table: Table) -> int | None:
    if connection.dialect.name == "sqlite":
        return None  # it does not tell
    return int(connection.scalar(select(func.pg_total_relation_size(table.name))) or 0)


def _moment(seconds: float | None = None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
