"""From what committed transactions of the application have staged, into the logs.

Rows are taken as they are found, never by how far one has come: a transaction that commits late
has low numbers, and is not passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, exists, func, select, text

from tidings.event import Event, Scheduled, Stored
from tidings_sql.batch import Batch
from tidings_sql.database import Database
from tidings_sql.head import Head, lock, make, save
from tidings_sql.planning import plan
from tidings_sql.tables import staged
from tidings_sql.terms import Terms
from tidings_sql.transaction import transaction
from tidings_sql.worker import Unstorable

logger = logging.getLogger("tidings.store")

_LOCK = 0x71D1466

Answer = Stored | Scheduled | Exception


class Moved(NamedTuple):
    """What became of rows that were staged: each event, and the store's answer to it."""

    answers: Sequence[tuple[Event, Answer]] = ()

    @property
    def events(self) -> Sequence[Event]:
        """Those that are new in the log, as it has them."""
        return [
            event._replace(position=answer.position, counts=answer.counts)
            for event, answer in self.answers
            if isinstance(answer, Stored) and not answer.duplicate
        ]

    @property
    def dropped(self) -> Sequence[str]:
        """Why others are not: of each, the name of its error, or `duplicate`."""
        return [
            type(answer).__name__ if isinstance(answer, Exception) else "duplicate"
            for _, answer in self.answers
            if isinstance(answer, Exception) or answer.duplicate
        ]


async def move(database: Database, limit: int, terms: Terms) -> Moved:
    """Append what is staged, up to `limit` events; say of what could not be."""
    if not await database.read(_is_waiting):
        return Moved()
    try:
        moved = await database.write(partial(_move, limit=limit, terms=terms), repeatable=False)
    except Unstorable as refusal:
        if limit > 1:
            return await move(database, 1, terms)
        moved = await database.write(partial(_drop, refusal=refusal), repeatable=False)
    _tell(moved)
    return moved


def _is_waiting(connection: Connection) -> bool:
    return bool(connection.scalar(select(exists(select(staged.c.seq)))))


def _move(connection: Connection, limit: int, terms: Terms) -> Moved:
    """Append events and delete their rows, in one transaction that is the only one to do so."""
    while True:
        with transaction(connection):
            if not _is_alone(connection):
                return Moved()
            found = select(staged.c.seq, staged.c.channel).order_by(staged.c.seq).limit(limit)
            channels = {seq: channel for seq, channel in connection.execute(found)}  # noqa: C416
            names = dict.fromkeys(channels.values())
            heads = lock(connection, names)
            if len(heads) == len(names):
                return Moved(_append(connection, heads, list(channels), terms))
        with transaction(connection):
            make(connection, [name for name in names if name not in heads])


def _is_alone(connection: Connection) -> bool:
    """Make sure that no other process moves rows until the transaction ends.

    Their order needs it. (On SQLite there is only one transaction that writes.)
    """
    if connection.dialect.name == "sqlite":
        return True
    mine = text(f"'{staged.name}'::regclass::oid::int")  # another schema's is another's
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(_LOCK, mine))))


def _append(
    connection: Connection, heads: Mapping[str, Head], seqs: Sequence[int], terms: Terms
) -> list[tuple[Event, Answer]]:
    """Append or schedule what these rows hold, now that their heads are held, and delete them."""
    mine = staged.c.seq.in_(seqs)  # some may be gone since: their user was forgotten
    rows = connection.execute(select(staged).where(mine).order_by(staged.c.seq)).all()
    ready = [_event(row) for row in rows if row.at is None or row.at <= terms.now]
    batch = Batch(connection, heads, terms)
    answers: list[tuple[Event, Answer]] = list(zip(ready, batch.persist(ready), strict=True))
    batch.flush()
    save(connection, heads.values())
    later = sorted((row for row in rows if row.at and row.at > terms.now), key=lambda row: row.at)
    for at, those in groupby(later, key=lambda row: row.at):
        events = [_event(row) for row in those]
        planned = plan(connection, heads, events, datetime.fromtimestamp(at, UTC))
        answers += zip(events, planned, strict=True)
    connection.execute(delete(staged).where(mine))
    return answers


def _drop(connection: Connection, refusal: Exception) -> Moved:
    """Delete the first row, which no database can append."""
    with transaction(connection):
        row = connection.execute(select(staged).order_by(staged.c.seq).limit(1)).one()
        connection.execute(delete(staged).where(staged.c.seq == row.seq))
    return Moved([(_event(row), refusal)])


def _event(row: Row[Any]) -> Event:
    return Event(row.channel, row.name, bytes(row.data), row.id)


def _tell(moved: Moved) -> None:
    """Log what was not appended: whoever staged it is gone."""
    for event, answer in moved.answers:
        if isinstance(answer, Exception):
            logger.warning("staged %s for %s is dropped: %s", event.id, event.channel, answer)
        elif answer.duplicate:
            logger.info("staged %s for %s was there already", event.id, event.channel)
