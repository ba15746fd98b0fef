"""One open database: a thread that writes, some that read."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from tidings_sql.engines import READERS, Engines
from tidings_sql.reader import Reader
from tidings_sql.schema import is_current, prepare
from tidings_sql.transaction import transaction
from tidings_sql.worker import Job, T, Worker

_PATIENCE = 5.0


class Database:
    """Writes one transaction after another, on one connection; reads beside that.

    A reading sees one moment and waits for no writing; it never blocks the event loop.

    Attributes:
        engines: where connections come from; for what needs one of its own.
    """

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self._writer = Worker(engines.writer, 1, _PATIENCE)
        self._reader = Reader(Worker(engines.reader, READERS, _PATIENCE))

    async def __aenter__(self) -> Self:
        try:
            if not await self._reader.run(is_current):  # a writing would wait for the application's
                await self._writer.run(_prepare)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._close()

    async def write(self, job: Job[T], *, repeatable: bool = True) -> T:
        """Run a job that writes, after those before it; see `Worker.run`."""
        return await self._writer.run(job, repeatable=repeatable)

    async def read(self, job: Job[T]) -> T:
        """Run a job that reads, within one transaction; see `Reader.run`."""
        return await self._reader.run(job)

    async def _close(self) -> None:
        try:
            await self._reader.close()
        finally:
            await self._writer.close()


def _prepare(connection: Connection) -> None:
    with transaction(connection):
        prepare(connection)
