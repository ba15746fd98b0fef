"""A file that is locked, full, damaged or no database: a plain word, and nothing half done."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from memory.samples import NOON, Clock, in_log, stored, told
from sql.samples import opened
from tidings import StoreError
from tidings.event import Fired
from tidings_sql import SqlStore, database

FEW_PAGES = "PRAGMA max_page_count = 60"
MANY_PAGES = "PRAGMA max_page_count = 100000"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tidings.db"


@contextmanager
def locked(file: Path) -> Iterator[sqlite3.Connection]:
    """Hold the file's one lock for writing, as another process does."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def tell(store: SqlStore, statement: str) -> None:
    """Say this on the connection that writes."""

    def job(connection: Connection) -> None:
        connection.connection.cursor().execute(statement)

    assert store._open is not None
    await store._open.write(job)


async def test_a_file_that_stays_locked_is_told_and_nothing_was_stored(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0.2)
    async with opened(f"sqlite:///{file}?timeout=0.1") as store:
        with locked(file), pytest.raises(StoreError, match=r"holds it locked.*nothing was stored"):
            await store.persist([told("n1")])

        (answer,) = await stored(store, told("n1"))
        assert (answer.position.offset, answer.duplicate) == (1, False)


async def test_a_file_that_is_locked_for_a_moment_is_waited_for(file: Path) -> None:
    failed, loop = asyncio.Event(), asyncio.get_running_loop()
    async with opened(f"sqlite:///{file}?timeout=0.01") as store:
        assert store._open is not None
        event.listen(
            store._open.engines.writer,
            "invalidate",
            lambda *_: loop.call_soon_threadsafe(failed.set),
        )
        with locked(file):
            storing = asyncio.create_task(stored(store, told("n1")))
            await failed.wait()
        (answer,) = await storing

        assert (answer.position.offset, answer.duplicate) == (1, False)


async def test_reading_does_not_wait_for_who_writes(file: Path) -> None:
    async with opened(f"sqlite:///{file}") as store:
        await stored(store, told("n1"))
        with locked(file) as other:
            other.execute("UPDATE tidings_heads SET pending = 7")

            assert (await store.counts("private-user-ann")).pending == 1


async def test_looking_for_what_is_due_does_not_wait_for_who_writes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0.2)
    clock = Clock()
    async with opened(f"sqlite:///{file}?timeout=0.1", clock) as store:
        await store.schedule([told("n1")], NOON + timedelta(hours=1))
        with locked(file):
            for _ in range(3):
                assert await store.fire(clock.now, 10) == Fired((), NOON + timedelta(hours=1))

        clock.forward(hours=1)
        assert [event.id for event in (await store.fire(clock.now, 10)).events] == ["n1"]


async def test_a_file_that_may_only_be_read_is_told(file: Path) -> None:
    async with opened(f"sqlite:///{file}"):
        pass
    with pytest.raises(StoreError, match="it may only be read: let this process write"):
        async with opened(f"sqlite:///file:{file}?mode=ro&uri=true") as store:
            await store.persist([told("n1")])


@pytest.fixture
def diary(file: Path) -> Path:
    file.write_text("Dear diary, today nothing happened. " * 100)
    return file


async def test_a_file_that_is_no_database_is_told(diary: Path) -> None:
    with pytest.raises(StoreError, match="the file is no SQLite database: name another"):
        async with opened(f"sqlite:///{diary}"):
            pass


async def test_a_folder_that_is_not_there_is_told(file: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened: is its folder there"):
        async with opened(f"sqlite:///{file}/elsewhere/tidings.db"):
            pass


async def test_a_damaged_file_is_told(file: Path) -> None:
    async with opened(f"sqlite:///{file}") as store:
        await stored(store, *(told(f"n{n}") for n in range(200)))
    await asyncio.to_thread(damage, file)

    with pytest.raises(StoreError, match="it is damaged: restore it from a backup"):
        async with opened(f"sqlite:///{file}") as store:
            await store.persist([told("m1")])


def damage(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(b"\x7f" * (size - 4096))


async def test_when_the_disk_is_full_nothing_of_the_batch_is_stored_and_it_can_be_tried_again(
    file: Path,
) -> None:
    async with opened(f"sqlite:///{file}") as store:
        await stored(store, told("n0"))
        await tell(store, FEW_PAGES)
        batch = [told(f"n{n}") for n in range(1, 1000)]

        with pytest.raises(StoreError, match=r"no room for it to grow: free some.*nothing was st"):
            await store.persist(batch)

        assert [event.id for event in await in_log(store)] == ["n0"]
        await tell(store, MANY_PAGES)
        answers = await stored(store, *batch)
        assert [answer.position.offset for answer in answers] == list(range(2, 1001))
        assert not any(answer.duplicate for answer in answers)
