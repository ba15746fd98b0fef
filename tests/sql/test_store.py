"""The SQL store keeps what it accepted, and lets go of it when it should."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memory.samples import (
    ANN,
    BOB,
    NEWS,
    NOON,
    Clock,
    in_log,
    logged,
    refusal,
    said,
    stored,
    told,
)
from sql.samples import opened
from tidings import Closed, Tidings
from tidings.changes import DELETED, EVICTED, EXPIRED, OPENED, REDACTED, SEEN, Change
from tidings.errors import Conflict, InvalidData, StoreError
from tidings.event import Counts, Event, Position, Scheduled, Stored
from tidings.page import Filter
from tidings_sql import SqlStore
from tidings_sql.tables import entries, heads, ids, metadata

HOUR = timedelta(hours=1)


async def rows(store: SqlStore) -> dict[str, int]:
    """Count the rows of every table."""
    assert store._open is not None
    counting = {
        table.name: select(func.count()).select_from(table) for table in metadata.sorted_tables
    }
    return await store._open.read(
        lambda connection: {name: connection.scalar(count) or 0 for name, count in counting.items()}
    )


async def fire(store: SqlStore, clock: Clock, limit: int = 100) -> list[Event]:
    """Let the store do all that is due."""
    events: list[Event] = []
    for _ in range(100):
        fired = await store.fire(clock.now, limit)
        events += fired.events
        if fired.due is None or fired.due > clock.now:
            break
    return events


async def shown(store: SqlStore, wanted: Filter = Filter()) -> list[str]:  # noqa: B008
    return [entry.id for entry in (await store.page(ANN, wanted, 100, None)).entries]


async def test_results_come_in_the_order_of_events_and_one_bad_event_fails_alone(url: str) -> None:
    async with opened(url) as store:
        taken = said(b"1", id="taken")

        results = await store.persist(
            [told("n1"), taken, said(b"2", id="taken"), told("n2", BOB), said(channel=NEWS)]
        )

        assert [type(result) for result in results] == [Stored, Stored, Conflict, Stored, Stored]
        assert [event.id for event in await in_log(store)] == ["n1", "taken"]


async def test_a_notification_that_is_none_fails_alone(url: str) -> None:
    async with opened(url) as store:
        broken = told("n1")._replace(data=b"no json")

        wrong, right = await store.persist([broken, told("n2")])

        assert isinstance(wrong, InvalidData)
        assert isinstance(right, Stored)
        assert right.position.offset == 1


@pytest.mark.parametrize("part", ["id", "origin"])
@pytest.mark.parametrize("text", ["half \ud800", "nul \x00"])
async def test_text_that_a_database_cannot_hold_fails_alone(url: str, part: str, text: str) -> None:
    async with opened(url) as store:
        odd = said()._replace(id=text) if part == "id" else said()._replace(origin=text)

        first, wrong, last = await store.persist([told("n1"), odd, told("n2")])

        assert isinstance(first, Stored)
        assert isinstance(last, Stored)
        if isinstance(wrong, Stored):  # SQLite holds what PostgreSQL does not
            assert getattr((await in_log(store))[1], part) == text
        else:
            assert isinstance(wrong, InvalidData)
            assert (first.position.offset, last.position.offset) == (1, 2)
        (answer,) = await store.schedule([odd], NOON + HOUR)
        assert isinstance(answer, InvalidData if isinstance(wrong, InvalidData) else Scheduled)


async def test_a_plain_event_is_no_duplicate_of_a_notification(url: str) -> None:
    async with opened(url) as store:
        await stored(store, told("n1"))

        assert isinstance(await refusal(store, said(told("n1").data, id="n1")), Conflict)


async def test_what_is_opened_and_deleted_in_one_batch_is_deleted(url: str) -> None:
    async with opened(url) as store:
        await stored(store, told("n1"), told("n2"))

        *_, last = await stored(
            store,
            Change(OPENED, ("n1", "n2")).event(ANN),
            Change(DELETED, ("n1",)).event(ANN),
        )

        assert last.counts == Counts(0, 0)
        assert await shown(store) == ["n2"]
        assert [event.name == REDACTED for event in await in_log(store)][:2] == [True, False]


async def test_what_is_pushed_changed_and_deleted_in_one_batch_is_so_in_the_tables(
    url: str,
) -> None:
    async with opened(url) as store:
        answers = await stored(
            store,
            told("n1"),
            told("n2"),
            Change(SEEN, ("n1",)).event(ANN),
            Change(DELETED, ("n2",)).event(ANN),
            told("n2"),
        )

        assert [answer.counts for answer in answers[:4]] == [
            Counts(1, 1),
            Counts(2, 2),
            Counts(2, 1),
            Counts(1, 0),
        ]
        assert answers[4].duplicate
        assert await shown(store, Filter("pending")) == ["n1"]
        assert b"n2" not in (await in_log(store))[1].data


async def test_what_was_for_later_is_pushed_and_deleted_in_one_batch(url: str) -> None:
    clock = Clock()
    async with opened(url, clock) as store:
        await store.schedule([told("n1"), told("n2")], NOON + HOUR)

        await stored(store, told("n1"), Change(DELETED, ("n1", "n2")).event(ANN))

        assert await shown(store) == []
        clock.forward(hours=1)
        assert [event.id for event in await fire(store, clock)] == ["n2"]
        (again,) = await stored(store, told("n1"))
        assert again.duplicate


async def test_a_change_of_all_does_not_touch_what_follows_it_in_the_batch(url: str) -> None:
    async with opened(url) as store:
        (first,) = await stored(store, told("n1", category="x"))
        epoch = first.position.epoch

        await stored(
            store,
            told("n2", category="x"),
            Change(OPENED, through=Position(epoch, 2), category="x").event(ANN),
            told("n3", category="x"),
            Change(SEEN, ("n2", "n3")).event(ANN),
        )

        assert await shown(store, Filter("opened")) == ["n2", "n1"]
        assert await store.counts(ANN) == Counts(1, 0)


async def test_a_page_of_the_unseen_or_pending_says_whether_more_follow(url: str) -> None:
    async with opened(url) as store:
        await stored(store, *(told(f"n{n}") for n in range(5)))
        await stored(store, Change(SEEN, ("n1",)).event(ANN), Change(OPENED, ("n2",)).event(ANN))

        for state, count in (("pending", 4), ("unseen", 3)):
            wanted = Filter(state)  # type: ignore[arg-type]
            pages = {n: await store.page(ANN, wanted, n, None) for n in (count - 1, count)}

            assert [len(page.entries) for page in pages.values()] == [count - 1, count]
            assert [page.more for page in pages.values()] == [True, False]


async def test_many_are_deleted_by_one_change(url: str) -> None:
    async with opened(url, synchronous="NORMAL") as store:
        answers = await stored(store, *(told(f"n{n}") for n in range(1200)))

        change = Change(DELETED, through=answers[1100].position).event(ANN)
        (answer,) = await stored(store, change)

        assert answer.counts == Counts(99, 99)
        assert len(await shown(store)) == 99
        (again,) = await stored(store, told("n0"))
        assert again.duplicate
        assert isinstance(await refusal(store, told("n0", heading="Other")), Conflict)


async def test_the_log_lets_go_of_the_oldest_and_their_rows_go_in_time(url: str) -> None:
    clock = Clock()
    async with opened(url, clock, log_count=10) as store:
        await stored(store, *(said(id=f"s{n}") for n in range(150)))

        assert [event.id for event in await in_log(store)] == [f"s{n}" for n in range(140, 150)]
        assert await fire(store, clock) == []

        assert (await rows(store))[entries.name] == 10
        (again,) = await stored(store, said(id="s0"))
        assert again.duplicate


async def test_when_all_has_had_its_time_nothing_is_left(url: str) -> None:
    clock = Clock()
    keeps = {"log_age": HOUR, "inbox_age": 3 * HOUR, "remember": HOUR}
    async with opened(url, clock, **keeps) as store:
        await stored(
            store,
            told("n1", expires_at=NOON + 2 * HOUR),
            told("n2"),
            told("n3", category="x"),
            said(),
            said(channel=NEWS),
            Change(DELETED, ("n2",)).event(ANN),
        )

        told_of = []
        for _ in range(12):
            clock.forward(hours=1)
            told_of += [event.name for event in await fire(store, clock)]

        assert told_of == [EXPIRED, EVICTED]
        left = {name: count for name, count in (await rows(store)).items() if count}
        assert left.pop("tidings_meta", 0) >= 1
        assert left == {heads.name: 2}
        (new,) = await stored(store, told("n1"))
        assert not new.duplicate


async def test_of_a_forgotten_user_no_row_is_left(url: str) -> None:
    clock = Clock()
    async with opened(url, clock, "mail", log_count=3) as store:
        await stored(store, *(told(f"n{n}") for n in range(8)), said(), told("n", BOB))
        await stored(store, Change(DELETED, ("n7", "n1")).event(ANN))
        await store.trim(ANN, 5)
        await store.schedule([told("later")], NOON + HOUR)
        before = (await store.heads([ANN]))[ANN]

        await store.forget(ANN)

        found = await rows(store)
        assert [found[table.name] for table in (entries, ids)] == [1, 1]
        assert [entry.event.channel for entry in await store.owed("mail", 10)] == [BOB]
        after = (await store.heads([ANN]))[ANN]
        assert (after.offset, after.epoch == before.epoch) == (0, False)
        assert await fire(store, clock.set(NOON + 2 * HOUR)) == []


async def test_a_trim_by_hand_erases_at_once(url: str) -> None:
    async with opened(url, synchronous="NORMAL") as store:
        await stored(store, told("n1"), *(said() for _ in range(1100)))

        await store.trim(ANN, 1050)

        assert (await rows(store))[entries.name] == 1101 - 1050 + 1  # n1 is in the inbox
        assert await shown(store) == ["n1"]


async def test_what_is_evicted_after_its_log_is_trimmed_leaves_no_row(url: str) -> None:
    clock = Clock()
    async with opened(url, clock, inbox_count=1) as store:
        await stored(store, told("n1"), told("n2"))
        await store.trim(ANN, 2)

        (evicted,) = await fire(store, clock)

        assert evicted.counts == Counts(1, 1)
        assert await shown(store) == ["n2"]
        assert (await rows(store))[entries.name] == 2  # n2 and the eviction
        (again,) = await stored(store, told("n1"))
        assert (again.duplicate, again.position.offset) == (True, 1)


async def test_a_store_goes_on_in_the_next_process(url: str) -> None:
    clock = Clock()
    async with opened(url, clock, "mail") as store:
        (before,) = await logged(store, told("n1"))
        await store.schedule([told("n2")], NOON + HOUR)
        await store.revoke("ann", NOON)

    async with opened(url, clock, "mail") as store:
        clock.forward(hours=1)
        await fire(store, clock)
        events = await in_log(store)

        assert events[0] == before
        assert [event.id for event in events] == ["n1", "n2"]
        assert [owed.event for owed in await store.owed("mail", 10)] == events
        assert await store.not_before("ann") == NOON


async def test_a_scheduled_event_is_told_with_the_moment_it_was_planned_for(url: str) -> None:
    async with opened(url) as store:
        at = NOON + timedelta(microseconds=123_457)
        await store.schedule([told("n1")], at)

        (again,) = await store.schedule([told("n1")], NOON + HOUR)

        assert again == Scheduled(at, duplicate=True)


async def test_what_is_scheduled_for_one_moment_comes_in_the_order_it_was_scheduled(
    url: str,
) -> None:
    clock = Clock()
    async with opened(url, clock) as store:
        for name in "cab":
            await store.schedule([told(name)], NOON)

        assert [event.id for event in await fire(store, clock, limit=2)] == ["c", "a", "b"]


async def test_a_revocation_is_never_taken_back_by_an_earlier_one(url: str) -> None:
    async with opened(url) as store:
        await store.revoke("ann", NOON + HOUR)
        await store.revoke("ann", NOON)

        assert await store.not_before("ann") == NOON + HOUR


async def test_a_store_that_is_not_open_says_so(url: str) -> None:
    store = SqlStore(url)

    with pytest.raises(Closed, match="within `async with Tidings"):
        await store.persist([told("n1")])
    with pytest.raises(Closed, match="within `async with Tidings"):
        await store.counts(ANN)


async def test_one_store_object_is_for_one_application(url: str) -> None:
    async with opened(url) as store:
        with pytest.raises(StoreError, match="make another"):
            async with store.connect(Tidings(store)):
                pass
        assert await store.counts(ANN) == Counts(0, 0)
