"""What transactions have staged gets into the logs: once, in order, and delayed by nobody."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from sql.staging import ANN, MINUTE, PASSED, fired, next_event, push_here, rows_staged, unattended
from sql.transactions import by_connection, by_session, own_engine
from tidings import Conflict, Event, Notification, Tidings, hookimpl, user_channel
from tidings.abilities import Abilities
from tidings.scheduler import Scheduler
from tidings_sql import SqlStore, moving
from tidings_sql.tables import staged


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
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scheduler, "LOOK_EVERY", 3600.0)
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
