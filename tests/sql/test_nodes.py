"""Several processes work on one database, and each finds what the others did."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import event

from memory.samples import ANN, BOB, NOON, Clock, in_log, said, stored, told
from sql.samples import opened
from sql.writers import Answered, writer
from tidings.event import Counts, Event
from tidings.ids import new_id
from tidings_sql import SqlStore

HOUR = timedelta(hours=1)


async def test_what_is_scheduled_fires_once_on_two_nodes(url: str) -> None:
    clock = Clock()
    async with opened(url, clock) as one, opened(url, clock) as other:
        for n in range(40):
            await one.schedule([told(f"n{n}", f"private-user-{n % 7}")], NOON + HOUR)
        clock.forward(hours=1)

        fired = await asyncio.gather(*(store.fire(clock.now, 10) for store in (one, other) * 6))

        events = [event for answer in fired for event in answer.events]
        assert sorted(event.id for event in events) == sorted(f"n{n}" for n in range(40))


async def test_what_expires_does_so_once_on_two_nodes(url: str) -> None:
    clock = Clock()
    async with opened(url, clock) as one, opened(url, clock) as other:
        await stored(one, *(told(f"n{n}", expires_at=NOON + HOUR) for n in range(10)), told("n"))
        clock.forward(hours=1)

        fired = await asyncio.gather(*(store.fire(clock.now, 100) for store in (one, other) * 3))

        (event,) = [event for answer in fired for event in answer.events]
        assert event.counts == Counts(1, 1) == await other.counts(ANN)


async def test_what_one_has_cancelled_the_other_does_not_fire(url: str) -> None:
    clock = Clock()
    async with opened(url, clock) as one, opened(url, clock) as other:
        await one.schedule([told("n", f"private-user-{n}") for n in range(9)], NOON)

        cancelled, fired, again = await asyncio.gather(
            one.cancel("n"), other.fire(clock.now, 100), one.cancel("n")
        )

        assert cancelled + again + len(fired.events) == 9


async def test_two_nodes_write_overlapping_batches_and_neither_is_in_the_others_way(
    url: str,
) -> None:
    """Channels come in every order, and many of them are new to both."""
    clock, random = Clock(), Random(5)
    attempts_lost: list[object] = []
    async with opened(url, clock) as one, opened(url, clock) as other:

        async def write(store: SqlStore, number: int) -> None:
            names = [f"private-user-{random.randrange(number + 8)}" for _ in range(30)]
            await stored(store, *(told(new_id(), name) for name in names))

        for store in (one, other):
            assert store._open is not None
            event.listen(
                store._open.engines.writer, "invalidate", lambda *_: attempts_lost.append(1)
            )
        for number in range(0, 120, 8):
            await asyncio.gather(*(write(s, number + n) for n in range(3) for s in (one, other)))

        assert attempts_lost == []
        for channel in (f"private-user-{n}" for n in range(130)):
            events = await in_log(one, channel)
            assert [offset(event) for event in events] == list(range(1, len(events) + 1))
            assert (await other.counts(channel)).pending == len(events)


async def test_two_processes_write_one_log_without_holes(url: str) -> None:
    async with opened(url, Clock().set(datetime.now(UTC))) as store:
        await stored(store, told("first"))
        async with writer(url) as one, writer(url) as other:
            pushed = await asyncio.gather(
                one.push("one", 0, 30, kill_after=60), other.push("other", 0, 30, kill_after=60)
            )

        answers = [answer for answered in pushed for answer in answered]
        assert len(answers) == 120
        for channel in (ANN, BOB):
            events = await in_log(store, channel)
            there = [Answered(channel, event.id, offset(event)) for event in events]
            assert [place.offset for place in there] == list(range(1, len(there) + 1))
            assert {answer for answer in answers if answer.channel == channel} <= set(there)


async def test_an_event_pushed_on_two_nodes_at_once_is_in_the_log_once(url: str) -> None:
    async with opened(url) as one, opened(url) as other:
        event = said(id="same")

        answers = await asyncio.gather(*(stored(store, event) for store in (one, other) * 3))

        assert sorted(answer.duplicate for (answer,) in answers) == [False, *[True] * 5]
        assert len(await in_log(one)) == 1


def offset(appended: Event) -> int:
    assert appended.position is not None
    return appended.position.offset
