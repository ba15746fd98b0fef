"""A connection to PostgreSQL that does nothing but listen, in a thread of its own."""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import sql

T = TypeVar("T")

LINE = "SELECT 'tidings_' || relnamespace FROM pg_class WHERE oid = 'tidings_meta'::regclass"
"""Asks what the notifications of these tables are called: others in the database have their own."""


class Ear:
    """Hears notifications.

    Args:
        arguments: how to connect, as `psycopg.connect` takes it.
    """

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments
        self._heard: list[str] = []
        self._open = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tidings-sql-ear")
        self._waker, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)
        for part in (self._waker, self._woken, self._selector):
            self._open.callback(part.close)

    async def listen(self) -> None:
        """Connect, and wait until the server has confirmed that it is listened to."""
        self._connection = await self._run(self._connect)

    async def heard(self, seconds: float) -> Sequence[str]:
        """Return what was notified since; wait for it up to so many seconds.

        Raises:
            psycopg.OperationalError: the connection is lost.
        """
        return await self._run(lambda: self._wait(seconds))

    async def close(self) -> None:
        """Let go of the connection; called once, after which nothing else is."""
        try:
            await self._run(self._open.close)
        finally:
            self._thread.shutdown(wait=False)  # it has nothing left to do

    async def _run(self, job: Callable[[], T]) -> T:
        """Run a job in the thread; whoever is cancelled meanwhile leaves none behind."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, job)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            with suppress(OSError):  # where the job was to close it
                self._waker.send(b"\0")
            await asyncio.wait([running])
            raise

    def _connect(self) -> psycopg.Connection:
        connection = self._open.enter_context(closing(psycopg.connect(**self._arguments)))
        connection.add_notify_handler(lambda heard: self._heard.append(heard.payload))
        for (line,) in connection.execute(LINE).fetchall():
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(line)))
        self._selector.register(connection.fileno(), selectors.EVENT_READ)
        return connection

    def _wait(self, seconds: float) -> Sequence[str]:
        if not self._heard:
            self._selector.select(seconds)
            raw = self._connection.pgconn
            raw.consume_input()
            while (heard := raw.notifies()) is not None:
                self._heard.append(heard.extra.decode())
        taken, self._heard = self._heard, []
        return taken
