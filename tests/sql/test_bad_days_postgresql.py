"""A server that is not there, goes away or says no: a plain word or a retry, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy import Connection, event

from memory.samples import ANN, NOON, Clock, in_log, stored, told
from sql.databases import postgresql, running_server
from sql.samples import opened
from tidings import Notification, StoreError, Tidings
from tidings.event import Stored
from tidings_sql import SqlStore, database, engines

OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid()"
MINE = f"{OTHERS} AND datname = current_database()"


@pytest.fixture
def url(postgresql_url: str) -> Iterator[str]:
    with postgresql(postgresql_url)() as url:
        yield url


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0.1)


@contextmanager
def locked(url: str) -> Iterator[psycopg.Connection]:
    """Hold the head of a channel, as a transaction of another process does."""
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM tidings_heads FOR UPDATE")
        yield other


def wait_for_waiting(url: str) -> None:
    """Return once somebody waits for a lock."""
    with psycopg.connect(url, autocommit=True) as other:
        while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            pass


def lose_after_commit(store: SqlStore, which: int = 1) -> None:
    """Lose the connection when the server has made this commit, before it could say so."""
    commits = count(1)

    def committed(connection: Connection) -> None:
        connection.connection.commit()
        if next(commits) == which:
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    assert store._open is not None
    event.listen(store._open.engines.writer, "commit", committed)


async def test_a_lost_connection_is_made_anew(url: str) -> None:
    async with opened(url) as store:
        await stored(store, told("n1"))
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(MINE)

        (answer,) = await stored(store, told("n2"))

        assert (answer.position.offset, answer.duplicate) == (2, False)
        assert (await store.counts(ANN)).pending == 2


async def test_a_connection_lost_in_the_middle_of_a_batch_loses_and_doubles_nothing(
    url: str,
) -> None:
    async with opened(url) as store:
        await stored(store, told("n1"))
        with locked(url) as other:
            storing = asyncio.create_task(stored(store, *(told(f"m{n}") for n in range(50))))
            await asyncio.to_thread(wait_for_waiting, url)
            with psycopg.connect(url, autocommit=True) as third:
                third.execute(f"{MINE} AND wait_event_type = 'Lock'")
            other.rollback()
            answers = await storing

        assert [answer.position.offset for answer in answers] == list(range(2, 52))
        assert len(await in_log(store)) == 51


async def test_a_commit_whose_answer_was_lost_is_not_made_twice(url: str) -> None:
    async with opened(url) as store:
        await stored(store, told("n1"))
        lose_after_commit(store)

        (answer,) = await stored(store, told("n2"))

        assert answer.position.offset == 2
        assert [event.id for event in await in_log(store)] == ["n1", "n2"]


async def test_what_could_not_be_told_twice_from_once_is_said_to_be_unknown(url: str) -> None:
    async with opened(url) as store:
        await store.schedule([told("n1")], NOON)
        lose_after_commit(store, 2)

        with pytest.raises(StoreError, match="whether it was stored is not known"):
            await store.cancel("n1")

        assert (await store.fire(NOON, 10)).events == ()


async def test_a_lock_that_another_holds_for_too_long_is_told(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_WAIT", 1)
    async with opened(url) as store:
        await stored(store, told("n1"))
        with locked(url), pytest.raises(StoreError, match="another transaction holds it locked"):
            await store.persist([told("n2")])

        (answer,) = await stored(store, told("n2"))
        assert (answer.position.offset, answer.duplicate) == (2, False)


async def test_a_deadlock_of_anothers_making_is_tried_again(url: str) -> None:
    async with opened(url) as store:
        await stored(store, told("n", ANN), told("n", "private-user-bob"))
        with psycopg.connect(url) as other:
            other.execute("SET deadlock_timeout = '10s'")  # so that it is the store's to notice
            other.execute("SELECT * FROM tidings_heads WHERE id = 2 FOR UPDATE")
            storing = asyncio.create_task(
                stored(store, told("m", ANN), told("m", "private-user-bob"))
            )
            await asyncio.to_thread(wait_for_waiting, url)
            await asyncio.to_thread(
                other.execute, "SELECT * FROM tidings_heads WHERE id = 1 FOR UPDATE"
            )
            other.rollback()
            answers = await storing

        assert [answer.position.offset for answer in answers] == [2, 2]


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    url = "postgresql://ann:very-secret@127.0.0.1:1/app"
    with pytest.raises(StoreError, match=r"ann:\*\*\*@127.0.0.1:1/app.*cannot be reached") as told:
        async with opened(url):
            pass

    chain = [told.value, told.value.__cause__, told.value.__context__]
    assert not any("very-secret" in f"{error!r} {error}" for error in chain)


async def test_a_database_that_is_not_there_is_told(postgresql_url: str) -> None:
    url = postgresql_url.replace("/gw", "/nowhere_gw").replace("/master", "/nowhere")
    with pytest.raises(StoreError, match="it has no such database or user: create it"):
        async with opened(url):
            pass


async def test_a_standby_is_told_to_be_one(url: str) -> None:
    async with opened(url):
        pass
    with psycopg.connect(url, autocommit=True) as other:
        (name,) = other.execute("SELECT current_database()").fetchone() or ("",)
        other.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        async with opened(url) as store:
            with pytest.raises(StoreError, match="it may only be read"):
                await store.persist([told("n1")])
    finally:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SET default_transaction_read_only = off")
            other.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')


async def test_tables_that_are_dropped_meanwhile_are_missed(url: str) -> None:
    async with opened(url) as store:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("DROP TABLE tidings_heads")

        with pytest.raises(StoreError, match="its tables are not there"):
            await store.persist([told("n1")])


@pytest.mark.timeout(180)
async def test_a_server_that_is_restarted_while_it_is_written_to_has_all_it_answered_once() -> None:
    with (
        TemporaryDirectory(prefix="tidings-") as folder,
        running_server(Path(folder) / "postgresql") as server,
    ):
        answered: dict[str, int] = {}
        fifty = asyncio.Event()
        async with Tidings(SqlStore(server.get_uri())) as tidings:
            pushing = asyncio.create_task(push_all(tidings, answered, 400, fifty))
            await fifty.wait()
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
            await pushing

        async with opened(server.get_uri(), Clock().set(datetime.now(UTC))) as store:
            there = {e.id: e.position.offset for e in await in_log(store) if e.position}
            assert list(there.values()) == list(range(1, 401))
            assert there == answered


async def push_all(
    tidings: Tidings, answered: dict[str, int], many: int, fifty: asyncio.Event
) -> None:
    """Push so many, four at a time, each until it is answered."""
    numbers = iter(range(many))

    async def call() -> None:
        for number in numbers:
            note = Notification(id=f"n{number}", heading="Build passed")
            while note.id not in answered:
                try:
                    receipt = await tidings.push("ann", note)
                except StoreError:
                    continue
                answer = receipt.results["ann"]
                assert isinstance(answer, Stored)
                answered[note.id] = answer.position.offset
            if len(answered) == 50:
                fifty.set()

    await asyncio.gather(*(call() for _ in range(4)))
