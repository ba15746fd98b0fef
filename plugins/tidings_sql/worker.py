"""Threads in which the database is spoken to, and what happens when that goes wrong."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from tidings.backoff import Backoff
from tidings.errors import Closed, StoreError, TidingsError
from tidings_sql.failures import failure
from tidings_sql.finishing import finished
from tidings_sql.transaction import CommitFailed

T = TypeVar("T")
Job = Callable[[Connection], T]


class Unstorable(StoreError):
    """What was to be written cannot be, at any attempt."""


class Worker:
    """Runs jobs on an engine's connections, each in a thread of its own, one hop a job.

    What a lost connection or another transaction prevented is tried again for a while.

    Args:
        engine: where connections come from.
        threads: how many jobs run at once.
        patience: for how many seconds a job is tried again.
    """

    def __init__(self, engine: Engine, threads: int, patience: float) -> None:
        self._engine = engine
        self._patience = patience
        self._closing = threading.Event()
        self._mine = threading.local()
        self._connections: set[Connection] = set()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="tidings-sql")

    async def run(self, job: Job[T], *, repeatable: bool = True) -> T:
        """Run a job, whose transactions are its own; return what it returns.

        Args:
            job: called with a connection that has no transaction.
            repeatable: whether it may run again when it is not known if it did its work before.

        Raises:
            StoreError: the database could not do it; what to do, without any secret.
            Closed: `close` was called.
        """
        if self._closing.is_set():
            raise Closed("the SQL store is closing: nothing more is accepted")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._run, job, repeatable)

    async def close(self) -> None:
        """Finish the jobs that were begun, and let go of the connections."""
        self._closing.set()
        loop = asyncio.get_running_loop()
        (await finished(loop.run_in_executor(None, self._end))).result()

    def _end(self) -> None:
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()
        self._engine.dispose()

    def _run(self, job: Job[T], repeatable: bool) -> T:
        until = time.monotonic() + self._patience
        backoff = Backoff()
        while True:
            try:
                return self._attempt(job)
            except TidingsError:
                raise
            except Exception as error:
                pause = backoff.next()
                late = time.monotonic() + pause > until or self._closing.is_set()
                self._judge(error, repeatable=repeatable, late=late)
            self._closing.wait(pause)

    def _attempt(self, job: Job[T]) -> T:
        connection = self._connection()
        try:
            return job(connection)
        except TidingsError:
            raise
        except Exception:
            self._discard(connection)  # whatever state it is in, the next is a fresh one
            raise

    def _connection(self) -> Connection:
        """Return this thread's connection, which it keeps: taking one each time costs more."""
        kept: Connection | None = getattr(self._mine, "connection", None)
        if kept is None:
            kept = self._mine.connection = self._engine.connect()
            self._connections.add(kept)
        return kept

    def _discard(self, connection: Connection) -> None:
        self._mine.connection = None
        self._connections.discard(connection)
        connection.invalidate()
        connection.close()

    def _judge(self, error: Exception, *, repeatable: bool, late: bool) -> None:
        """Return where another attempt is worth it and safe; else raise what to tell."""
        cause = error.__cause__ if isinstance(error, CommitFailed) else error
        told = failure(cause or error, self._engine.url)
        if told.data:
            raise Unstorable(told.words) from None
        unknown = isinstance(error, CommitFailed) and told.lost
        if told.passing and not late and (repeatable or not unknown):
            return
        end = "nothing was stored: try again"
        if unknown:
            end = "whether it was stored is not known: trying again with the same ids is safe"
        place = self._engine.url.set(query={}).render_as_string(hide_password=True)
        raise StoreError(f"the database {place}: {told.words}; {end}") from cause
