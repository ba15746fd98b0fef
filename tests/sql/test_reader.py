"""What many ask at once is read together, and each gets its own answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection

from tidings import Closed, StoreError
from tidings_sql.engines import READERS, engines, parsed
from tidings_sql.reader import Reader
from tidings_sql.worker import Unstorable, Worker


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    made = engines(parsed(f"sqlite:///{tmp_path}/tidings.db"), "NORMAL")
    reader = Reader(Worker(made.reader, READERS, patience=1.0))
    yield reader
    await reader.close()


def number(connection: Connection, n: int) -> int:
    found: int = connection.exec_driver_sql("SELECT ?", (n,)).scalar_one()
    return found


async def test_each_gets_its_own_answer_though_many_share_a_transaction(reader: Reader) -> None:
    shared = set()

    def reading(connection: Connection, n: int) -> int:
        shared.add(connection.get_transaction())
        return number(connection, n)

    answers = await asyncio.gather(*(reader.run(partial(reading, n=n)) for n in range(200)))

    assert answers == list(range(200))
    assert len(shared) < 50


async def test_what_cannot_be_asked_fails_alone(reader: Reader) -> None:
    def asked(connection: Connection, n: int) -> int:
        return number(connection, 2**70 if n == 50 else n)  # more than SQLite's integers hold

    answers = await asyncio.gather(
        *(reader.run(partial(asked, n=n)) for n in range(100)), return_exceptions=True
    )

    assert isinstance(answers[50], Unstorable)
    assert answers[:50] + answers[51:] == [n for n in range(100) if n != 50]


async def test_what_a_lost_connection_prevented_is_read_again(reader: Reader) -> None:
    losses = [psycopg.OperationalError("server closed the connection")]

    def asked(connection: Connection, n: int) -> int:
        if losses:
            raise losses.pop()
        return number(connection, n)

    answers = await asyncio.gather(*(reader.run(partial(asked, n=n)) for n in range(20)))

    assert answers == list(range(20))


async def test_a_failure_is_told_to_those_it_concerns_and_the_next_are_read(
    reader: Reader,
) -> None:
    def broken(_connection: Connection) -> int:
        raise RuntimeError("odd")

    with pytest.raises(StoreError, match="RuntimeError: odd"):
        await reader.run(broken)

    assert await reader.run(partial(number, n=1)) == 1


async def test_whoever_stops_waiting_keeps_nobody_from_an_answer(reader: Reader) -> None:
    asked = [asyncio.create_task(reader.run(partial(number, n=n))) for n in range(20)]
    await asyncio.sleep(0)
    asked[7].cancel()

    answers = await asyncio.gather(*asked, return_exceptions=True)

    assert isinstance(answers[7], asyncio.CancelledError)
    assert answers[:7] + answers[8:] == [n for n in range(20) if n != 7]


async def test_closing_finishes_what_was_begun_and_refuses_what_waits(reader: Reader) -> None:
    begun = threading.Barrier(READERS + 1, timeout=10)
    go_on = threading.Event()

    def slow(connection: Connection) -> int:
        begun.wait()
        go_on.wait(10)
        return number(connection, 1)

    jobs: list[Callable[[Connection], int]] = [slow] * READERS
    asked = []
    for job in jobs:
        asked.append(asyncio.create_task(reader.run(job)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.to_thread(begun.wait)
    waiting = asyncio.create_task(reader.run(partial(number, n=2)))
    await asyncio.sleep(0)
    closing = asyncio.create_task(reader.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing

    assert await asyncio.gather(*asked) == [1] * READERS
    with pytest.raises(Closed):
        await waiting
    with pytest.raises(Closed):
        await reader.run(partial(number, n=3))
