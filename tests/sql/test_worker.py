"""Jobs are done in order, to their end, and again where that is safe."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection

from tidings import Closed, Conflict, StoreError
from tidings_sql.engines import engines, parsed
from tidings_sql.transaction import CommitFailed
from tidings_sql.worker import Unstorable, Worker


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    made = engines(parsed(f"sqlite:///{tmp_path}/tidings.db"), "NORMAL")
    worker = Worker(made.writer, 1, patience=2.0)
    yield worker
    await worker.close()


class Job:
    """Raises these errors, one at each attempt, then returns how often it was tried."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.attempts = 0

    def __call__(self, connection: Connection) -> int:
        self.attempts += 1
        if self._errors:
            raise self._errors.pop(0)
        return self.attempts


def lost() -> Exception:
    return psycopg.OperationalError("server closed the connection")


def unknown() -> Exception:
    """A commit whose answer was lost."""
    failed = CommitFailed()
    failed.__cause__ = lost()
    return failed


async def test_what_passes_is_tried_again(worker: Worker) -> None:
    assert await worker.run(Job(lost(), lost())) == 3


async def test_what_does_not_pass_within_patience_is_told(worker: Worker) -> None:
    worker._patience = 0.0
    job = Job(lost(), lost())

    with pytest.raises(StoreError, match=r"cannot be reached.*nothing was stored: try again"):
        await worker.run(job)

    assert job.attempts == 1


async def test_what_does_not_pass_is_not_tried_again(worker: Worker) -> None:
    job = Job(RuntimeError("odd"))

    with pytest.raises(StoreError, match="RuntimeError: odd; nothing was stored"):
        await worker.run(job)

    assert job.attempts == 1


async def test_a_commit_of_unknown_end_is_repeated_only_where_that_is_safe(worker: Worker) -> None:
    assert await worker.run(Job(unknown())) == 2

    job = Job(unknown())
    with pytest.raises(StoreError, match="whether it was stored is not known: trying again with"):
        await worker.run(job, repeatable=False)
    assert job.attempts == 1


async def test_what_is_lost_before_its_commit_is_repeated_in_any_case(worker: Worker) -> None:
    assert await worker.run(Job(lost()), repeatable=False) == 2


async def test_refusals_come_through_as_they_are(worker: Worker) -> None:
    with pytest.raises(Conflict, match=r"^used$"):
        await worker.run(Job(Conflict("used")))
    with pytest.raises(Unstorable, match="it cannot hold this: Python int too large"):
        await worker.run(Job(OverflowError("Python int too large")))


async def test_a_job_whose_caller_has_gone_is_done_before_closing(worker: Worker) -> None:
    begun, done, ended = threading.Event(), threading.Event(), []

    def slow(_connection: Connection) -> None:
        begun.set()
        done.wait(10)
        ended.append(True)

    running = asyncio.create_task(worker.run(slow))
    await asyncio.to_thread(begun.wait)
    running.cancel()
    closing = asyncio.create_task(worker.close())
    done.set()
    await closing

    assert ended == [True]
    with pytest.raises(Closed, match="nothing more is accepted"):
        await worker.run(Job())


async def test_who_is_cancelled_while_it_closes_leaves_no_connection_open(worker: Worker) -> None:
    begun, done, used = threading.Event(), threading.Event(), list[Connection]()

    def slow(connection: Connection) -> None:
        used.append(connection)
        begun.set()
        done.wait(10)

    running = asyncio.create_task(worker.run(slow))
    await asyncio.to_thread(begun.wait)
    closing = asyncio.create_task(worker.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.sleep(0)
    done.set()
    await asyncio.wait([closing, running])

    assert closing.cancelled()
    assert used[0].closed


async def test_closing_waits_for_no_further_attempt(worker: Worker) -> None:
    worker._patience = 3600.0
    first = threading.Event()

    def failing(_connection: Connection) -> None:
        first.set()
        raise lost()

    running = asyncio.create_task(worker.run(failing))
    await asyncio.to_thread(first.wait)
    await worker.close()

    with pytest.raises(StoreError, match="cannot be reached"):
        await running
