"""The processes that share an SQLite file: each looks whether another one has written.

What they put into logs is found there. What has no log goes through a small table, made where it
is missing: what is in it is of use for a moment, so no revision of the others knows it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection

from tidings.event import Event
from tidings_sql.carried import encode
from tidings_sql.database import Database
from tidings_sql.link import News
from tidings_sql.transaction import transaction

_EVERY = 0.2
"""How often it looks, in seconds."""

_PACE = 0.05
"""How long a push waits after the one before: more than this, nobody would see in time."""

_KEPT = 60.0
"""For how many seconds at least what has no log is kept for others to see."""

_ROWS = 100
"""The most rows in one reading."""

_TABLE = """
    CREATE TABLE IF NOT EXISTS tidings_passing (
        seq INTEGER PRIMARY KEY, at REAL NOT NULL, node TEXT NOT NULL, events TEXT NOT NULL
    )"""
_LAST = "SELECT coalesce(max(seq), 0) FROM tidings_passing"
_LAST_ENTRY = "SELECT coalesce(max(rowid), 0) FROM tidings_entries"
_GROWN = """
    SELECT DISTINCT tidings_heads.name
    FROM tidings_entries JOIN tidings_heads ON tidings_heads.id = tidings_entries.channel
    WHERE tidings_entries.rowid > ?
    """
_ADD = "INSERT INTO tidings_passing (at, node, events) VALUES (?, ?, ?)"
_DROP = "DELETE FROM tidings_passing WHERE at < ?"  # never the row just added: seq only grows
_READ = """
    SELECT seq, events FROM tidings_passing WHERE seq > ? AND node <> ? ORDER BY seq LIMIT ?
    """

Version = tuple[object, int]
"""Which connection was asked, and its count."""


class SqliteLink:
    """Polls SQLite's own count of commits.

    It is asked on the connection that writes, which does not count its own: what this process
    itself writes costs no reading.
    """

    reads_logs = True

    def __init__(self, database: Database, node: str) -> None:
        self._database = database
        self._node = node
        self._version: Version | None = None
        self._last = 0
        self._last_entry = 0
        self._pushed = 0.0

    async def listen(self) -> None:
        """Take the file as it is now for known."""
        self._version, self._last, self._last_entry = await self._database.write(_begin)

    async def news(self) -> News:
        """Look once, after a while."""
        await asyncio.sleep(_EVERY)
        version = await self._database.write(_version)
        if version == self._version:
            return News()
        rows = await self._database.read(partial(_passing, after=self._last, node=self._node))
        if rows:
            self._last = rows[-1][0]
        reading = partial(_grown, after=self._last_entry)
        self._last_entry, grown = await self._database.read(reading)
        self._version = version if len(rows) < _ROWS else None  # None: there may be more
        return News([events for _, events in rows], grown, written=True)

    async def unlisten(self) -> None:
        """There is nothing to end: it looks only when it is asked for news."""

    async def push(self, events: Sequence[Event]) -> None:
        """Put down what has no log; the log tells of the rest."""
        passing = [event for event in events if event.position is None]
        if not passing:
            return
        await asyncio.sleep(self._pushed + _PACE - time.monotonic())
        await self._database.write(partial(_pass_on, node=self._node, events=encode(passing)))
        self._pushed = time.monotonic()

    async def close(self) -> None:
        """There is nothing to let go of: the connection is the writer's."""


def _version(connection: Connection) -> Version:
    """Return a value that differs from the last one if another connection has committed since."""
    raw: Any = connection.connection.driver_connection
    return raw, raw.execute("PRAGMA data_version").fetchone()[0]


def _begin(connection: Connection) -> tuple[Version, int, int]:
    raw: Any = connection.connection.driver_connection
    version = _version(connection)
    raw.execute(_TABLE)  # in no transaction: where it is there already, that waits for no lock
    return version, raw.execute(_LAST).fetchone()[0], raw.execute(_LAST_ENTRY).fetchone()[0]


def _pass_on(connection: Connection, node: str, events: str) -> None:
    now = time.time()
    with transaction(connection):
        connection.exec_driver_sql(_TABLE)
        connection.exec_driver_sql(_ADD, (now, node, events))
        connection.exec_driver_sql(_DROP, (now - _KEPT,))


def _passing(connection: Connection, after: int, node: str) -> list[tuple[int, str]]:
    rows = connection.exec_driver_sql(_READ, (after, node, _ROWS))
    return [(seq, events) for seq, events in rows]


def _grown(connection: Connection, after: int) -> tuple[int, Collection[str]]:
    """Return the last row of all logs, and which of these have rows that came after another.

    Not all of them: where the last rows have gone, their numbers come again.
    """
    last: int = connection.exec_driver_sql(_LAST_ENTRY).scalar_one()
    return last, connection.exec_driver_sql(_GROWN, (after,)).scalars().all()
