"""The memory store keeps what it accepted, and lets go of it when it should."""

from __future__ import annotations

from datetime import timedelta

from memory.samples import (
    ANN,
    BOB,
    NEWS,
    NOON,
    Clock,
    connected,
    in_log,
    logged,
    refusal,
    said,
    stored,
    told,
)
from tidings.changes import EVICTED, EXPIRED, OPENED, Change
from tidings.errors import Conflict, InvalidData, StalePosition
from tidings.event import Counts, Fired, Position, Recalled, Scheduled, Stored
from tidings.page import Filter, Page
from tidings_memory import MemoryStore

HOUR = timedelta(hours=1)


async def test_results_come_in_the_order_of_events_and_one_bad_event_fails_alone() -> None:
    store = MemoryStore()
    taken = said(b"1", id="taken")

    results = await store.persist([told("n1"), taken, said(b"2", id="taken"), told("n2", BOB)])

    assert [type(result) for result in results] == [Stored, Stored, Conflict, Stored]
    assert [event.id for event in await in_log(store)] == ["n1", "taken"]


async def test_an_event_pushed_again_adds_nothing() -> None:
    store = MemoryStore()
    event = told("n1")
    (first,) = await stored(store, event)

    again, other = await stored(store, event, told("n1", BOB))

    assert again == first._replace(duplicate=True)
    assert not other.duplicate
    assert len(await in_log(store)) == 1


async def test_a_change_of_another_epoch_is_stale() -> None:
    store = MemoryStore()
    await stored(store, told("n1"))

    stale = Change(OPENED, through=Position("old", 1)).event(ANN)

    assert isinstance(await refusal(store, stale), StalePosition)
    assert await store.counts(ANN) == Counts(1, 1)


async def test_a_channel_never_written_to_has_an_epoch_already() -> None:
    store = MemoryStore()
    head = (await store.heads([ANN]))[ANN]
    assert await store.recall(ANN, 0, 10) == Recalled((), head.epoch, first=1, head=0)
    assert await store.page(ANN, Filter(), 10, None) == Page((), Counts(0, 0), head)
    assert await store.counts(ANN) == Counts(0, 0)

    (first,) = await stored(store, told("n1"))

    assert first.position == Position(head.epoch, 1)


async def test_heads_are_those_of_each_channel() -> None:
    store = MemoryStore()
    await stored(store, told("n1"), said(), said(channel=NEWS))

    heads = await store.heads([NEWS, ANN, BOB])

    assert {name: head.offset for name, head in heads.items()} == {NEWS: 1, ANN: 2, BOB: 0}


async def test_a_channel_that_is_no_users_has_an_empty_inbox() -> None:
    store = MemoryStore()
    (event,) = await logged(store, said(channel=NEWS))

    page = await store.page(NEWS, Filter(), 10, None)

    assert (list(page.entries), page.counts, page.position) == ([], Counts(0, 0), event.position)


async def test_a_page_says_how_far_it_goes_and_where_it_was_read() -> None:
    store = MemoryStore()
    *_, last = await logged(store, *(told(f"n{n}") for n in range(1, 6)))

    page = await store.page(ANN, Filter(), 2, None)
    older = await store.page(ANN, Filter(), 10, page.entries[-1].offset)

    assert [entry.id for entry in page.entries] == ["n5", "n4"]
    assert (page.position, page.counts, page.more) == (last.position, Counts(5, 5), True)
    assert ([entry.id for entry in older.entries], older.more) == (["n3", "n2", "n1"], False)


async def test_a_trim_by_hand_leaves_inbox_and_ids() -> None:
    clock = Clock()
    async with connected(MemoryStore(remember=HOUR), clock) as store:
        event = said()
        await stored(store, told("n1"), event)
        await store.fire(clock.forward(hours=2), 10)

        await store.trim(ANN, 2)
        await store.trim("never written to", 5)

        assert await in_log(store) == []
        assert len((await store.page(ANN, Filter(), 10, None)).entries) == 1
        (again,) = await stored(store, event)
        assert again.duplicate
        await store.fire(clock.forward(hours=1), 10)
        (new,) = await stored(store, event)
        assert (new.position.offset, new.duplicate) == (3, False)


async def test_of_a_forgotten_user_nothing_stays_and_the_log_is_a_new_one() -> None:
    clock = Clock()
    async with connected(MemoryStore(), clock, "mail") as store:
        (old,) = await stored(store, told("n1"))
        await stored(store, told("n1", BOB))
        await store.schedule([told("later")], NOON + HOUR)

        await store.forget(ANN)

        head = (await store.heads([ANN]))[ANN]
        assert (head.offset, head.epoch != old.position.epoch) == (0, True)
        assert await store.counts(ANN) == Counts(0, 0)
        assert [owed.event.channel for owed in await store.owed("mail", 10)] == [BOB]
        assert (await store.fire(clock.forward(hours=2), 10)).events == []
        (new,) = await stored(store, told("n1"))
        assert new == Stored(Position(head.epoch, 1), Counts(1, 1))
        assert await store.counts(BOB) == Counts(1, 1)


async def test_a_scheduled_notification_comes_when_it_is_due_and_once() -> None:
    clock = Clock()
    async with connected(MemoryStore(), clock) as store:
        event, at = told("n1"), NOON + HOUR

        assert await store.schedule([event], at) == [Scheduled(at)]
        assert await store.fire(NOON, 10) == Fired([], at)
        fired = await store.fire(clock.forward(hours=1), 10)

        assert fired.events == await in_log(store)
        assert [(event.id, event.counts) for event in fired.events] == [("n1", Counts(1, 1))]
        assert (await store.fire(clock.forward(hours=1), 10)).events == []


async def test_a_known_id_is_scheduled_no_second_time() -> None:
    store = MemoryStore()
    await stored(store, told("n1"))
    await store.schedule([told("n2")], NOON + HOUR)

    results = await store.schedule(
        [told("n1"), told("n2"), told("n1", heading="Other"), told("n2", heading="Other")],
        NOON + 2 * HOUR,
    )

    assert results[:2] == [
        Scheduled(NOON + 2 * HOUR, duplicate=True),
        Scheduled(NOON + HOUR, duplicate=True),
    ]
    assert [type(result) for result in results[2:]] == [Conflict, Conflict]


async def test_what_is_scheduled_and_pushed_meanwhile_comes_once() -> None:
    store = MemoryStore()
    await store.schedule([told("n1")], NOON + HOUR)

    assert isinstance(await refusal(store, told("n1", heading="Other")), Conflict)
    await stored(store, told("n1"))

    assert (await store.fire(NOON + HOUR, 10)).events == []
    assert await store.counts(ANN) == Counts(1, 1)


async def test_one_bad_event_of_a_schedule_fails_alone() -> None:
    store = MemoryStore()
    broken = told("n2")._replace(data=b"no json")

    results = await store.schedule([told("n1"), broken, told("n3")], NOON + HOUR)

    assert [type(result) for result in results] == [Scheduled, InvalidData, Scheduled]
    assert await store.cancel("n1") == 1
    assert [event.id for event in (await store.fire(NOON + HOUR, 10)).events] == ["n3"]


async def test_no_more_fires_at_once_than_is_asked_for_and_the_rest_is_due() -> None:
    store = MemoryStore()
    for hours in (3, 1, 2):
        await store.schedule([told(f"n{hours}")], NOON + hours * HOUR)

    first = await store.fire(NOON + 2 * HOUR, 1)
    second = await store.fire(NOON + 2 * HOUR, 10)

    assert [[event.id for event in fired.events] for fired in (first, second)] == [["n1"], ["n2"]]
    assert (first.due, second.due) == (NOON + 2 * HOUR, NOON + 3 * HOUR)


async def test_expired_notifications_leave_by_an_event_that_tells_the_counts() -> None:
    clock = Clock()
    async with connected(MemoryStore(), clock) as store:
        await stored(store, told("n1", expires_at=NOON + HOUR), told("n2"))

        fired = await store.fire(clock.forward(hours=1), 10)

        assert [(e.name, e.counts) for e in fired.events] == [(EXPIRED, Counts(1, 1))]
        assert (await in_log(store))[-1:] == fired.events
        assert await store.counts(ANN) == Counts(1, 1)


async def test_what_expired_before_it_was_due_comes_and_goes() -> None:
    store = MemoryStore()
    late = told("n1", send_after=NOON + HOUR, expires_at=NOON + 2 * HOUR)
    await store.schedule([late], NOON + HOUR)

    fired = await store.fire(NOON + 3 * HOUR, 10)

    assert [event.name for event in fired.events] == [late.name, EXPIRED]
    assert await store.counts(ANN) == Counts(0, 0)


async def test_a_full_inbox_is_due_at_once() -> None:
    clock = Clock()
    async with connected(MemoryStore(inbox_count=2), clock) as store:
        await stored(store, *(told(f"n{n}") for n in range(3)))

        fired = await store.fire(NOON, 10)

        assert [event.name for event in fired.events] == [EVICTED]
        assert await store.counts(ANN) == Counts(2, 2)
        assert fired.due is not None
        assert fired.due > NOON


async def test_no_more_channels_are_looked_at_than_things_are_asked_for() -> None:
    clock = Clock()
    async with connected(MemoryStore(remember=HOUR), clock) as store:
        await stored(store, *(told("n1", f"private-user-{n}") for n in range(3)))
        at = clock.forward(hours=1)  # nothing is due then, but each channel may have something

        assert [(await store.fire(at, 1)).due for _ in range(2)] == [at, at]
        last = await store.fire(at, 1)

        assert last.due is not None
        assert last.due > at


async def test_a_channel_is_planned_once_however_much_is_pushed_to_it() -> None:
    store = MemoryStore()

    await stored(store, *(told(f"n{n}") for n in range(100)))

    assert len(store._schedule._agenda._heap) == 1


async def test_a_store_goes_on_in_the_next_application_that_it_is_given_to() -> None:
    store, clock = MemoryStore(), Clock()
    async with connected(store, clock, "mail"):
        (before,) = await logged(store, told("n1"))
        await store.schedule([told("n2")], NOON + HOUR)

    async with connected(store, clock, "mail"):
        await store.fire(clock.forward(hours=1), 10)
        events = await in_log(store)

        assert events[0] == before
        assert [event.id for event in events] == ["n1", "n2"]
        assert [owed.event for owed in await store.owed("mail", 10)] == events


async def test_carriers_owe_what_is_persisted_and_fired_since_it_was() -> None:
    clock = Clock()
    async with connected(MemoryStore(inbox_count=1), clock, "mail", "push") as store:
        await stored(store, told("n1"), told("n1"))
        clock.forward(seconds=5)
        await stored(store, told("n2"))
        await store.fire(clock.now, 10)

        owed = await store.owed("mail", 10)
        assert [entry.event for entry in owed] == await in_log(store)
        assert [entry.since - NOON.timestamp() for entry in owed] == [0, 5, 5]
        await store.settle("mail", [entry.event for entry in owed[:2]])
        assert await store.owed("mail", 10) == owed[2:]
        assert len(await store.owed("push", 10)) == 3


async def test_a_revocation_is_never_taken_back_by_an_earlier_one() -> None:
    store = MemoryStore()
    assert await store.not_before("ann") is None

    await store.revoke("ann", NOON + HOUR)
    await store.revoke("ann", NOON)

    assert await store.not_before("ann") == NOON + HOUR
    assert await store.not_before("bob") is None
