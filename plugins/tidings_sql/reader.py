"""What is read of the database: what many ask at once is read together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection

from tidings.errors import Closed
from tidings_sql.engines import READERS
from tidings_sql.transaction import transaction
from tidings_sql.worker import Job, T, Unstorable, Worker

_TOGETHER = 32
"""The most jobs in one transaction: those that come after wait for all of it."""


class _Asked(NamedTuple):
    job: Job[Any]
    answer: asyncio.Future[Any]


class Reader:
    """Runs jobs that read, each seeing one moment that is no earlier than when it was asked.

    A way into a thread and a transaction cost more than most readings do. So what waits while
    readings are under way goes through them together. It costs tasks only while something is read.

    Args:
        worker: whose threads read; as many as `READERS`.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._waiting: list[_Asked] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def run(self, job: Job[T]) -> T:
        """Run a job within a transaction; return what it returns. Raises as `Worker.run` does."""
        asked = _Asked(job, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if len(self._reading) < READERS:
            reading = asyncio.create_task(self._read(), name="tidings sql reading")
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        return cast("T", await asked.answer)

    async def close(self) -> None:
        """Finish what was begun, and refuse what waits."""
        await self._worker.close()
        if self._reading:
            await asyncio.wait(self._reading)

    async def _read(self) -> None:
        while self._waiting:
            share = min(_TOGETHER, -(-len(self._waiting) // READERS))
            asked, self._waiting = self._waiting[:share], self._waiting[share:]
            try:
                await self._answer(asked)
            finally:
                _fail(asked, Closed("the SQL store is closing: nothing more is read"))

    async def _answer(self, asked: Sequence[_Asked]) -> None:
        try:
            found = await self._worker.run(_together([one.job for one in asked]))
        except Unstorable as refusal:  # of one of them
            if len(asked) == 1:
                _fail(asked, refusal)
            else:
                for one in asked:
                    await self._answer([one])
        except Exception as error:
            _fail(asked, error)
        else:
            for one, answer in zip(asked, found, strict=True):
                if not one.answer.done():  # else whoever asked has gone
                    one.answer.set_result(answer)


def _together(jobs: Sequence[Job[Any]]) -> Job[Sequence[Any]]:
    def reading(connection: Connection) -> Sequence[Any]:
        with transaction(connection):
            return [job(connection) for job in jobs]

    return reading


def _fail(asked: Sequence[_Asked], error: Exception) -> None:
    for one in asked:
        if not one.answer.done():
            one.answer.set_exception(error)
