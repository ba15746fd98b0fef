"""The processes that share a PostgreSQL database: NOTIFY and LISTEN, with the events themselves.

What is pushed is notified in a transaction of its own, once its entries are in the log. In the one
that persists, it would hold a lock that the whole server shares until the disk has answered, and
no two processes could commit at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, text

from tidings.event import Event
from tidings_sql.carried import encode
from tidings_sql.database import Database
from tidings_sql.ear import LINE, Ear
from tidings_sql.link import News
from tidings_sql.parts import Parts, parts

_WAIT = 5.0
"""After how many seconds `news` says that there is none."""

_NOTIFY = text(f"SELECT pg_notify(({LINE}), part) FROM unnest(CAST(:parts AS text[])) AS part")  # noqa: S608


class PostgresqlLink:
    """Listens on a connection of its own; pushes on one of those that read."""

    reads_logs = False

    def __init__(self, database: Database, node: str) -> None:
        self._database = database
        self._node = node
        self._parts = Parts(node)
        self._ear: Ear | None = None

    async def open(self) -> None:
        """Connect, and wait until the server has confirmed that it is listened to."""
        engine = self._database.engines.reader
        _, arguments = engine.dialect.create_connect_args(engine.url)
        self._parts = Parts(self._node)
        self._ear = Ear(arguments)
        await self._ear.listen()

    async def news(self) -> News:
        """Wait for notifications."""
        heard = await self._ear.heard(_WAIT) if self._ear is not None else ()
        texts = map(self._parts.take, heard)
        return News([text for text in texts if text is not None])

    async def close(self) -> None:
        """Let go of the connection."""
        ear, self._ear = self._ear, None
        if ear is not None:
            await ear.close()

    async def push(self, events: Sequence[Event]) -> None:
        """Notify the other processes of these events."""
        told = parts(self._node, encode(events))
        await self._database.read(partial(_notify, told=told))


def _notify(connection: Connection, told: Sequence[str]) -> None:
    connection.execute(_NOTIFY, {"parts": list(told)})
