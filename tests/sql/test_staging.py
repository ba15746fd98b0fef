"""A notification is part of the application's own transaction: it is there if that commits."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from sql.databases import Fresh
from sql.transactions import SQLALCHEMY, WAYS, Way, by_connection, by_session, own_engine
from tidings import (
    Conflict,
    Event,
    InvalidData,
    Notification,
    Staged,
    StoreError,
    Subscription,
    Tidings,
    Unsupported,
    hookimpl,
    user_channel,
)
from tidings.abilities import Abilities
from tidings.scheduler import Scheduler
from tidings_sql import SqlStore, moving
from tidings_sql.tables import staged

ANN = user_channel("ann")
PASSED = Notification(heading="Build passed", id="passed")
MINUTE = timedelta(minutes=1)

each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
by_sqlalchemy = pytest.mark.parametrize("way", SQLALCHEMY.values(), ids=SQLALCHEMY)


@pytest.fixture
def never_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is looked at when it is said that there is something, and at no other time."""
    monkeypatch.setattr(Scheduler, "LOOK_EVERY", 3600.0)


@asynccontextmanager
async def unattended(url: str) -> AsyncIterator[tuple[Tidings, SqlStore]]:
    """Open a store that nothing fires but the test; `Tidings` is there to push by hand."""
    async with Tidings(store := SqlStore(url)) as tidings:
        assert tidings._running is not None
        assert tidings._running.scheduler is not None
        async with tidings._running.pipeline.writing:  # which the scheduler waits for
            yield tidings, store


async def fired(store: SqlStore, now: datetime | None = None) -> list[Event]:
    """Fire until nothing more is due."""
    now = now or datetime.now(UTC)
    events: list[Event] = []
    while True:
        some, due = await store.fire(now, 500)
        events += some
        if due is None or due > now:
            return events


async def next_event(listening: Subscription) -> Event:
    async with asyncio.timeout(20):
        event = await anext(listening)
    assert isinstance(event, Event)
    return event


def push_here(tidings: Tidings, user: str, told: Notification, connection: object) -> None:
    """Push in a thread that has no event loop."""
    pushing = tidings.push(user, told, connection=connection)
    with pytest.raises(StopIteration):
        pushing.send(None)


def rows_staged(url: str) -> int:
    with own_engine(url) as engine, engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(staged)) or 0


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


async def test_they_come_in_the_order_in_which_they_were_staged(url: str) -> None:
    async with unattended(url) as (tidings, store):
        async with by_session(url) as transaction:
            for number in range(30):
                told = Notification(heading=f"Number {number}", id=f"{number}")
                await tidings.push(["ann", "bob"], told, connection=transaction.connection)
            await transaction.commit()

        events = await fired(store)

        for channel in (ANN, user_channel("bob")):
            mine = [
                (e.id, e.position and e.position.offset) for e in events if e.channel == channel
            ]
            assert mine == [(f"{number}", number + 1) for number in range(30)]


@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
async def test_a_long_transaction_keeps_nobody_waiting_and_is_not_passed_over(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings, tidings.subscribe(ANN) as listening:
        async with by_connection(url) as long:
            await tidings.push(
                "ann", Notification(heading="L", id="late"), connection=long.connection
            )
            for name in ("first", "second"):
                async with by_connection(url) as quick:
                    told = Notification(heading="Q", id=name)
                    await tidings.push("ann", told, connection=quick.connection)
                    await quick.commit()
                assert (await next_event(listening)).id == name
            await tidings.push("ann", Notification(heading="D", id="direct"))
            assert (await next_event(listening)).id == "direct"
            await long.commit()

        late = await next_event(listening)
        assert late.position is not None
        assert (late.id, late.position.offset) == ("late", 4)


async def test_two_movers_move_each_once_and_in_order(url: str) -> None:
    async with unattended(url) as (tidings, one), unattended(url) as (_, other):

        def commit_many(user: str) -> None:
            with own_engine(url) as engine:
                for number in range(20):
                    with engine.begin() as connection:
                        told = Notification(heading="N", id=f"{number}")
                        push_here(tidings, user, told, connection)

        users = ("ann", "bob", "cyd")
        events: list[Event] = []

        async def move(store: SqlStore, until: asyncio.Event) -> None:
            while not until.is_set():
                events.extend((await store.fire(datetime.now(UTC), 7)).events)

        done = asyncio.Event()
        moving = asyncio.gather(move(one, done), move(other, done), move(other, done))
        await asyncio.gather(*(asyncio.to_thread(commit_many, user) for user in users))
        done.set()
        await moving
        events += await fired(one)

        for user in users:
            log = await one.recall(user_channel(user), 0, 99)
            assert [event.id for event in log.events] == [f"{number}" for number in range(20)]
            mine = {event.position for event in events if event.channel == user_channel(user)}
            assert mine == {event.position for event in log.events}
        assert len(events) == 60


@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
async def test_while_another_process_moves_nobody_waits_for_it(url: str) -> None:
    async with unattended(url) as (tidings, store):
        async with by_connection(url) as transaction:
            await tidings.push("ann", PASSED, connection=transaction.connection)
            await transaction.commit()
        with own_engine(url) as engine, engine.begin() as connection:
            assert moving._is_alone(connection)
            assert (await store.fire(datetime.now(UTC), 500)).events == ()

        assert [event.id for event in await fired(store)] == ["passed"]


async def test_a_carrier_carries_it(url: str) -> None:
    carried: asyncio.Queue[Event] = asyncio.Queue()

    class Carrier:
        abilities = Abilities(role="carrier")

        @hookimpl
        async def push(self, events: Any) -> None:
            for each in events:
                carried.put_nowait(each)

    async with Tidings(SqlStore(url), Carrier()) as tidings:
        async with by_session(url) as transaction:
            await tidings.push("ann", PASSED, connection=transaction.connection)
            await transaction.commit()
        async with asyncio.timeout(20):
            assert (await carried.get()).id == "passed"

    assert carried.empty()


async def test_what_was_committed_when_nothing_ran_comes_when_something_does(
    url: str, never_looks: None
) -> None:
    with own_engine(url) as engine, Session(engine) as session:
        async with Tidings(SqlStore(url)) as tidings:
            await tidings.push("ann", PASSED, connection=session)
        session.commit()

    async with Tidings(SqlStore(url)) as tidings, tidings.subscribe(ANN) as listening:
        while not (await tidings.inbox("ann").counts()).pending:
            await next_event(listening)


async def test_one_that_is_there_already_is_counted_and_adds_nothing(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tidings.store")
    other = PASSED.model_copy(update={"heading": "Other words"})
    last = Notification(heading="The last", id="last")
    async with Tidings(SqlStore(url)) as tidings:
        await tidings.push("ann", PASSED)
    async with unattended(url) as (tidings, store):
        async with by_session(url) as transaction:
            for notification in (PASSED, other, last):
                await tidings.push("ann", notification, connection=transaction.connection)
            await transaction.commit()

        events = await fired(store)

    assert [event.id for event in events] == ["last"]
    assert store.dropped == {"duplicate": 1, Conflict.__name__: 1}
    assert rows_staged(url) == 0
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert "staged passed for private-user-ann is dropped: id 'passed' was used" in caplog.text
    assert "Other words" not in caplog.text


async def test_one_for_later_is_scheduled_when_its_transaction_commits(url: str) -> None:
    now = datetime.now(UTC)
    soon = Notification(heading="Soon", id="soon", send_after=now + MINUTE)
    later = Notification(heading="Later", id="later", send_after=now + 2 * MINUTE)
    async with unattended(url) as (tidings, store):
        async with by_session(url) as transaction:
            for notification in (later, soon, PASSED):
                await tidings.push(["ann"], notification, connection=transaction.connection)
            await transaction.commit()

        assert [event.id for event in await fired(store)] == ["passed"]
        assert await tidings.cancel("later") == 1
        assert [event.id for event in await fired(store, now=now + 3 * MINUTE)] == ["soon"]
        assert rows_staged(url) == 0


async def test_one_whose_moment_has_come_before_the_commit_is_not_late(url: str) -> None:
    at = datetime.now(UTC) + MINUTE
    async with unattended(url) as (tidings, store):
        async with by_session(url) as transaction:
            told = Notification(heading="Now", id="now", send_after=at)
            await tidings.push("ann", told, connection=transaction.connection)
            await transaction.commit()

        assert [event.id for event in await fired(store, now=at + MINUTE)] == ["now"]


async def test_what_nobody_would_see_is_refused_before_anything_is_written(url: str) -> None:
    now = datetime.now(UTC)
    expired = Notification(heading="Too late", created_at=now - 2 * MINUTE, expires_at=now - MINUTE)
    async with Tidings(SqlStore(url)) as tidings, by_session(url) as transaction:
        with pytest.raises(InvalidData, match="has expired"):
            await tidings.push("ann", expired, connection=transaction.connection)
        await transaction.commit()
    assert rows_staged(url) == 0


async def test_a_user_who_is_forgotten_is_forgotten_here_too(url: str) -> None:
    async with unattended(url) as (tidings, store):
        async with by_session(url) as transaction:
            await tidings.push(["ann", "bob"], PASSED, connection=transaction.connection)
            await transaction.commit()
        await store.forget(ANN)

        assert [event.channel for event in await fired(store)] == [user_channel("bob")]


async def test_a_row_that_cannot_be_appended_does_not_stop_the_others(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with unattended(url) as (tidings, store):
        async with by_session(url) as transaction:
            for name in ("before", "odd", "after"):
                told = Notification(heading="H", id=name)
                await tidings.push("ann", told, connection=transaction.connection)
            odd = staged.update().where(staged.c.id == "odd")
            data = PASSED.to_json().replace(b'"heading"', b'"category":"\\u0000","heading"')
            transaction.connection.execute(odd.values(data=data))
            await transaction.commit()

        ids = [event.id for event in await fired(store)]

    if url.startswith("postgresql"):  # which has no NUL in its texts
        assert ids == ["before", "after"]
        assert store.dropped == {"Unstorable": 1}
        assert "staged odd for private-user-ann is dropped: it cannot hold this" in caplog.text
    else:
        assert ids == ["before", "odd", "after"]
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


async def test_a_store_without_an_outbox_for_it_says_so() -> None:
    async with Tidings() as tidings:
        with pytest.raises(Unsupported, match="needs a store that is a Staging too"):
            await tidings.push("ann", PASSED, connection=object())


async def test_nobody_is_nothing_to_write(url: str) -> None:
    async with Tidings(SqlStore(url)) as tidings, by_session(url) as transaction:
        receipt = await tidings.push([], PASSED, connection=transaction.connection)
        await transaction.commit()
    assert receipt.results == {}
    assert await receipt.outcomes() == {}
