"""The processes that share a PostgreSQL database: NOTIFY and LISTEN, with the events themselves.

What is pushed is notified in a transaction of its own, once its entries are in the log. In the one
that persists, it would hold a lock that the whole server shares until the disk has answered, and
no two processes could commit at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from tidings.event import Event
from tidings_sql.carried import encode
from tidings_sql.ear import Ear
from tidings_sql.link import News
from tidings_sql.mouth import Mouth
from tidings_sql.parts import Parts, parts

_WAIT = 5.0
"""After how many seconds `news` says that there is none."""

_PATIENCE = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
"""A server that went without a word is missed after 25 seconds."""


class PostgresqlLink:
    """Listens and notifies, each on a connection of its own.

    Args:
        engine: connects to the database.
        node: a name that no other process has.
    """

    reads_logs = False

    def __init__(self, engine: Engine, node: str) -> None:
        _, arguments = engine.dialect.create_connect_args(engine.url)
        self._arguments = {**_PATIENCE, **arguments, "autocommit": True}
        self._node = node
        self._parts = Parts(node)
        self._ear: Ear | None = None
        self._mouth = Mouth(self._arguments)

    async def listen(self) -> None:
        """Connect, and wait until the server has confirmed that it is listened to."""
        self._parts = Parts(self._node)
        self._ear = Ear(self._arguments)
        await self._ear.listen()

    async def news(self) -> News:
        """Wait for notifications."""
        heard = await self._ear.heard(_WAIT) if self._ear is not None else ()
        texts = map(self._parts.take, heard)
        return News([text for text in texts if text is not None])

    async def unlisten(self) -> None:
        """Let go of the connection that listens."""
        ear, self._ear = self._ear, None
        if ear is not None:
            await ear.close()

    async def push(self, events: Sequence[Event]) -> None:
        """Notify the other processes of these events."""
        await self._mouth.notify(parts(self._node, encode(events)))

    async def close(self) -> None:
        """Let go of the connection that notifies."""
        await self._mouth.close()
