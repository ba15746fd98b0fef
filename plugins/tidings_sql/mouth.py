"""A connection to PostgreSQL that does nothing but notify, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from tidings_sql.ear import LINE
from tidings_sql.finishing import finished

_NOTIFY = f"SELECT pg_notify(({LINE}), part) FROM unnest(%b::text[]) AS part".encode()  # noqa: S608


class Mouth:
    """Notifies, in one round trip a batch; connected when first used, and anew after a failure.

    Args:
        arguments: how to connect, as `psycopg.connect` takes it.
    """

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments
        self._connection: psycopg.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tidings-sql-mouth")

    async def notify(self, parts: Sequence[str]) -> None:
        """Notify all who listen of these, in order; all or none.

        Raises:
            psycopg.Error: they were perhaps not notified.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._notify, list(parts))

    async def close(self) -> None:
        """Let go of the connection."""
        loop = asyncio.get_running_loop()
        try:
            (await finished(loop.run_in_executor(self._thread, self._hang_up))).result()
        finally:
            self._thread.shutdown(wait=False)  # it has nothing left to do

    def _notify(self, parts: list[str]) -> None:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(**self._arguments)
            self._connection.execute(_NOTIFY, (parts,))
        except BaseException:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
