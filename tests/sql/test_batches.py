"""However events fall into batches, the store does with them what the memory store does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histories import ChangeAll, Later, Trim
from memory.samples import ANN, BOB, NEWS, NOON, Clock, connected, told
from sql.samples import opened
from tidings.changes import DELETED, EVICTED, EXPIRED, SETS, Change
from tidings.event import Event, Position, Recalled
from tidings.page import Filter, Page
from tidings.testing.far_side import Store
from tidings_memory import MemoryStore

Happening = Event | Change | ChangeAll

IDS = st.integers(0, 12).map(lambda n: f"n{n}")
NAMES = st.sampled_from([*SETS, DELETED, DELETED, EXPIRED, EVICTED])
PUSHES = st.builds(
    lambda id, channel, heading, category: told(id, channel, heading=heading, category=category),  # noqa: A006
    IDS,
    st.sampled_from([ANN, ANN, ANN, BOB, NEWS]),
    st.sampled_from(["Build passed", "Build passed", "Other"]),
    st.sampled_from([None, "x", "y"]),
)
PLAIN = st.builds(lambda id, data: Event(ANN, "said", data, id), IDS, st.sampled_from([b"1", b"2"]))  # noqa: A006
HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    PUSHES,
    PUSHES,
    PLAIN,
    st.builds(Change, NAMES, st.lists(IDS, max_size=5).map(tuple)),
    st.builds(ChangeAll, NAMES, st.integers(0, 30)),
)
BATCHES = st.lists(
    st.one_of(
        st.lists(HAPPENINGS, min_size=1, max_size=12),
        st.builds(Trim, st.integers(0, 30)),
        st.builds(Later, PUSHES, st.integers(0, 30)),
        st.none(),  # the log is full of what was, and the inbox of more than it holds
    ),
    max_size=10,
)
KEEPS = {"log_count": 15, "inbox_count": 6}
FILTERS = [
    Filter(),
    Filter("pending"),
    Filter("unseen"),
    Filter("opened"),
    Filter("archived"),
    Filter(category="x"),
    Filter("pending", category="y", ids=frozenset(["n1", "n2", "n3", "gone"])),
    Filter(since=NOON + timedelta(seconds=1)),
]


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(BATCHES)
async def test_it_does_what_the_memory_store_does(
    url: str, batches: list[list[Happening] | Trim | Later | None]
) -> None:
    clock, memory = Clock(), MemoryStore(**KEEPS)
    async with (
        connected(memory, clock, "mail"),
        opened(url, clock, "mail", synchronous="NORMAL", **KEEPS) as store,
    ):
        for channel in (ANN, BOB, NEWS):
            await store.forget(channel)  # what the example before left
            await memory.forget(channel)
        for batch in batches:
            assert await do(store, batch, clock) == await do(memory, batch, clock)
            assert await all_of(store) == await all_of(memory)


async def do(
    store: Store, batch: list[Happening] | Trim | Later | None, clock: Clock
) -> list[object]:
    match batch:
        case list():
            epoch = (await store.heads([ANN]))[ANN].epoch
            events = [as_event(n, happening, epoch) for n, happening in enumerate(batch)]
            return [told_of(answer) for answer in await store.persist(events)]
        case Trim(through):
            await store.trim(ANN, through)
        case Later(event, minutes):
            at = clock.now + timedelta(minutes=minutes)
            return [told_of(answer) for answer in await store.schedule([event], at)]
        case None:
            fired = await store.fire(clock.now, 100)
            return [(event.name, event.data, event.counts) for event in fired.events]
    return []


def as_event(number: int, happening: Happening, epoch: str) -> Event:
    match happening:
        case Event():
            return happening
        case Change():
            event = happening.event(ANN)
        case ChangeAll(name, offset):
            event = Change(name, through=Position(epoch, offset)).event(ANN)
    # By its id it is a new one, if it says so: in one batch it may come twice.
    return event._replace(id=f"{number} {hash(happening)}")


def told_of(answer: object) -> object:
    """What an answer says, but for the epoch."""
    if isinstance(answer, Exception):
        return type(answer)
    assert isinstance(answer, tuple)
    return [part.offset if isinstance(part, Position) else part for part in answer]


async def all_of(store: Store) -> list[object]:
    """All that can be read of a store, but for the epoch."""
    found: list[object] = []
    for channel in (ANN, BOB, NEWS):
        found.append(read(await store.recall(channel, 0, 100)))
        found.append(await store.counts(channel))
        found.append(page(await store.page(channel, Filter(), 3, 9)))
    found += [page(await store.page(ANN, wanted, 3, None)) for wanted in FILTERS]
    owed = await store.owed("mail", 1000)
    return [*found, [without_epoch(entry.event) for entry in owed]]


def read(recalled: Recalled) -> tuple[Any, ...]:
    events: Sequence[Event] = recalled.events
    return recalled.first, recalled.head, [without_epoch(event) for event in events]


def page(found: Page) -> tuple[Any, ...]:
    return list(found.entries), found.counts, found.position.offset, found.more


def without_epoch(event: Event) -> Event:
    assert event.position is not None
    data = b"" if b'"through"' in event.data else event.data
    return event._replace(position=Position("", event.position.offset), data=data)
