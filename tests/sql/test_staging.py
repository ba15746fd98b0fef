"""A notification is part of the application's own transaction: it is there if that commits."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from sql.databases import Fresh
from sql.staging import ANN, MINUTE, PASSED, fired, next_event, rows_staged, unattended
from sql.transactions import SQLALCHEMY, WAYS, Way, by_connection, by_session, own_engine
from tidings import InvalidData, Notification, Staged, StoreError, Tidings, Unsupported
from tidings.scheduler import Scheduler
from tidings_sql import SqlStore

each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
by_sqlalchemy = pytest.mark.parametrize("way", SQLALCHEMY.values(), ids=SQLALCHEMY)


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a transaction of unknown end has left is looked for, if not once a second."""
    monkeypatch.setattr(Scheduler, "LOOK_EVERY", 0.05)


@pytest.fixture
def never_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is looked at when it is said that there is something, and at no other time."""
    monkeypatch.setattr(Scheduler, "LOOK_EVERY", 3600.0)


@each_way
async def test_a_transaction_that_commits_has_pushed(url: str, way: Way) -> None:
    async with Tidings(SqlStore(url)) as tidings, tidings.subscribe(ANN) as listening:
        async with way(url) as transaction:
            receipt = await tidings.push("ann", PASSED, connection=transaction.connection)
            assert receipt.results == {"ann": Staged()}
            assert (await tidings.inbox("ann").counts()).pending == 0
            await transaction.commit()

        event = await next_event(listening)

        assert (event.id, event.data) == ("passed", PASSED.to_json())
        assert event.position == (await tidings.inbox("ann")).position
        assert rows_staged(url) == 0


@each_way
async def test_one_that_is_rolled_back_never_has(url: str, way: Way) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        async with way(url) as transaction:
            await tidings.push("ann", PASSED, connection=transaction.connection)
            await transaction.rollback()

        assert rows_staged(url) == 0
        receipt = await tidings.push("ann", Notification(heading="Another"))
        assert receipt.positions["ann"].offset == 1


@by_sqlalchemy
async def test_after_a_commit_by_sqlalchemy_it_comes_at_once(
    url: str, way: Way, never_looks: None
) -> None:
    async with Tidings(SqlStore(url)) as tidings, tidings.subscribe(ANN) as listening:
        async with way(url) as transaction:
            await tidings.push("ann", PASSED, connection=transaction.connection)
            await transaction.commit()

        assert (await next_event(listening)).id == "passed"


async def test_also_where_the_connection_goes_on_to_other_things(
    url: str, never_looks: None
) -> None:
    async with (
        Tidings(SqlStore(url)) as tidings,
        tidings.subscribe(ANN) as listening,
        by_connection(url) as transaction,
    ):
        await tidings.push("ann", PASSED, connection=transaction.connection)
        await transaction.commit()

        assert (await next_event(listening)).id == "passed"


async def test_also_where_the_transaction_is_of_another_thread(url: str, never_looks: None) -> None:
    async with Tidings(SqlStore(url)) as tidings, tidings.subscribe(ANN) as listening:

        def commit(session: Session) -> None:
            session.commit()
            session.close()

        with own_engine(url) as engine:
            session = Session(engine)
            await tidings.push("ann", PASSED, connection=session)
            await asyncio.to_thread(commit, session)

            assert (await next_event(listening)).id == "passed"


async def test_a_savepoint_that_is_rolled_back_takes_it_along(url: str) -> None:
    async with unattended(url) as (tidings, store):
        with own_engine(url) as engine, Session(engine) as session:
            await tidings.push("ann", PASSED, connection=session)
            inner = session.begin_nested()
            await tidings.push("ann", Notification(heading="Undone"), connection=session)
            inner.rollback()
            session.commit()

        assert [event.id for event in await fired(store)] == ["passed"]


async def test_nothing_else_is_done_in_the_applications_transaction(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        with own_engine(url) as engine, engine.begin() as connection:
            statements: list[str] = []
            event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
            await tidings.push(["ann", "bob"], PASSED, connection=connection)

    (statement,) = statements
    assert statement.startswith("INSERT INTO tidings_staged ")


async def test_what_nobody_would_see_is_refused_before_anything_is_written(url: str) -> None:
    now = datetime.now(UTC)
    expired = Notification(heading="Too late", created_at=now - 2 * MINUTE, expires_at=now - MINUTE)
    async with Tidings(SqlStore(url)) as tidings, by_session(url) as transaction:
        with pytest.raises(InvalidData, match="has expired"):
            await tidings.push("ann", expired, connection=transaction.connection)
        await transaction.commit()
    assert rows_staged(url) == 0


async def test_a_connection_that_is_none_is_refused_with_what_to_give(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        with own_engine(url) as engine:
            async_engine = create_async_engine("sqlite+aiosqlite://")
            for thing in (engine, async_engine, "the database", object()):
                with pytest.raises(Unsupported, match=r"cannot write with a .*: give a SQLAlchemy"):
                    await tidings.push("ann", PASSED, connection=thing)


@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
async def test_a_connection_to_another_kind_of_database_is_refused(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        with create_engine("sqlite://").connect() as connection:
            for other in (connection, sqlite3.connect(":memory:").cursor()):
                with pytest.raises(Unsupported, match=r"in postgresql, and .* is to sqlite"):
                    await tidings.push("ann", PASSED, connection=other)


@each_way
async def test_a_database_without_the_tables_is_told_from_one_that_fails(
    url: str, fresh: Fresh, way: Way
) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        with fresh() as other:
            async with way(other) as transaction:
                with pytest.raises(StoreError, match="has no tables of Tidings"):
                    await tidings.push("ann", PASSED, connection=transaction.connection)
                await transaction.rollback()


async def test_what_the_applications_own_database_raises_is_not_changed(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings:
        with own_engine(url) as engine, engine.connect() as connection:
            connection.close()
            with pytest.raises(ResourceClosedError):
                await tidings.push("ann", PASSED, connection=connection)


async def test_a_store_that_cannot_stage_says_so() -> None:
    async with Tidings() as tidings:
        with pytest.raises(Unsupported, match="needs a store that is a Staging too"):
            await tidings.push("ann", PASSED, connection=object())


async def test_nobody_is_nothing_to_write(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings, by_session(url) as transaction:
        receipt = await tidings.push([], PASSED, connection=transaction.connection)
        await transaction.commit()
    assert receipt.results == {}
    assert await receipt.outcomes() == {}
