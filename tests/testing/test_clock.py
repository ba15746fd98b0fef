"""A test moves the time, and what is due by then is done when that returns."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tidings import Notification, PluginError, Scheduled, Tidings, blocking
from tidings.testing import Clock
from tidings_memory import MemoryStore

HOUR = timedelta(hours=1)
NEW_YEAR = datetime(2030, 1, 1, tzinfo=UTC)


def stand_up(at: datetime) -> Notification:
    return Notification(heading="Stand-up", send_after=at, expires_at=at + HOUR)


def test_a_clock_goes_on_as_the_machines_does_until_it_is_moved() -> None:
    clock, before = Clock(), datetime.now(UTC)

    clock.advance(HOUR)

    assert before + HOUR <= clock() <= datetime.now(UTC) + HOUR


def test_a_clock_can_stand_still() -> None:
    clock = Clock(lambda: NEW_YEAR)

    clock.advance(HOUR)

    assert clock() == NEW_YEAR + HOUR


def test_a_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="goes on, not back"):
        Clock().advance(-HOUR)


async def test_what_is_scheduled_comes_and_what_expires_goes() -> None:
    clock = Clock()
    async with Tidings(clock, MemoryStore(), clock=clock) as tidings:
        receipt = await tidings.push("ann", stand_up(datetime.now(UTC) + HOUR))
        assert isinstance(receipt.results["ann"], Scheduled)

        await clock.advance(HOUR)
        (entry,) = (await tidings.inbox("ann")).entries
        assert entry.notification is not None
        assert entry.notification.heading == "Stand-up"

        await clock.advance(HOUR)
        assert not (await tidings.inbox("ann")).entries


async def test_more_becomes_due_than_is_fired_at_once() -> None:
    clock = Clock()
    users = [f"user-{number}" for number in range(1_001)]
    async with Tidings(clock, MemoryStore(), clock=clock) as tidings:
        await tidings.push(users, stand_up(datetime.now(UTC) + HOUR))
        await clock.advance(HOUR)
        assert (await tidings.inbox(users[-1]).counts()).pending == 1


def test_one_clock_serves_several_and_forgets_those_that_have_closed() -> None:
    clock = Clock()
    with blocking.Tidings(clock, MemoryStore(), clock=clock) as staying:
        with blocking.Tidings(clock, MemoryStore(), clock=clock) as leaving:
            leaving.push("ann", stand_up(datetime.now(UTC) + HOUR))
        staying.push("ann", stand_up(datetime.now(UTC) + HOUR))

        clock.advance(HOUR)

        assert staying.inbox("ann").counts().pending == 1


def test_where_no_event_loop_runs_it_is_not_awaited() -> None:
    clock = Clock()
    with blocking.Tidings(clock, MemoryStore(), clock=clock) as tidings:
        tidings.push("ann", stand_up(datetime.now(UTC) + HOUR))
        clock.advance(HOUR)
        assert tidings.inbox("ann").counts().pending == 1


async def test_it_moves_those_that_run_in_another_thread_too() -> None:
    clock = Clock()
    tidings = blocking.Tidings(clock, MemoryStore(), clock=clock)
    await asyncio.to_thread(tidings.push, "ann", stand_up(datetime.now(UTC) + HOUR))

    await clock.advance(HOUR)

    counts = await asyncio.to_thread(lambda: tidings.inbox("ann").counts())
    assert counts.pending == 1
    await asyncio.to_thread(tidings.close)


def test_an_event_loop_that_stands_still_is_told_and_not_waited_for() -> None:
    clock = Clock()
    tidings = Tidings(clock, MemoryStore(), clock=clock)
    with asyncio.Runner() as runner:
        runner.run(tidings.__aenter__())
        with pytest.raises(RuntimeError, match="advance the time in an async test"):
            clock.advance(HOUR)
        runner.run(tidings.__aexit__(None, None, None))


async def test_a_clock_that_is_only_a_plugin_is_refused() -> None:
    with pytest.raises(PluginError, match="give `clock=` the same one"):
        async with Tidings(Clock(), MemoryStore()):
            pass
