"""What may happen to a channel over time, and what its inbox and its log must then be."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from memory.samples import ANN, NOON, Clock, told
from tidings.changes import DELETED, SETS, Change
from tidings.event import Event, Position, Stored
from tidings.inbox_fold import Fold
from tidings.page import Filter
from tidings.testing.far_side import Store


class ChangeAll(NamedTuple):
    """A change of all entries up to an offset of the log as it then is."""

    name: str
    offset: int


class Later(NamedTuple):
    """A push scheduled so many minutes ahead."""

    event: Event
    minutes: int


class Trim(NamedTuple):
    """A trim of the log by hand."""

    through: int


class Wait(NamedTuple):
    """So many minutes pass, and the store does what is due."""

    minutes: int


Step = Event | Change | ChangeAll | Later | Trim | Wait

NAMES = st.sampled_from([*SETS, DELETED])
IDS = st.integers(0, 30).map(lambda n: f"n{n}")
EXPIRES = st.sampled_from([None, NOON + timedelta(minutes=10), NOON + timedelta(minutes=90)])
PUSHES = st.builds(lambda id, expires: told(id, expires_at=expires), IDS, EXPIRES)  # noqa: A006
MINUTES = st.integers(0, 60)
STEPS: st.SearchStrategy[Step] = st.one_of(
    PUSHES,
    st.builds(Change, NAMES, st.lists(IDS, max_size=5).map(tuple)),
    st.builds(ChangeAll, NAMES, st.integers(0, 40)),
    st.builds(Later, PUSHES, MINUTES),
    st.builds(Trim, st.integers(0, 40)),
    st.builds(Wait, MINUTES),
)


async def happen(store: Store, step: Step, clock: Clock) -> list[Event]:
    """Let one thing happen; return the events that listeners are told of it."""
    match step:
        case Event():
            return await persist(store, step)
        case Change():
            return await persist(store, step.event(ANN))
        case ChangeAll(name, offset):
            epoch = (await store.heads([ANN]))[ANN].epoch
            return await persist(store, Change(name, through=Position(epoch, offset)).event(ANN))
        case Later(event, minutes):
            await store.schedule([event], clock.now + timedelta(minutes=minutes))
        case Trim(through):
            await store.trim(ANN, through)
        case Wait(minutes):
            clock.forward(minutes=minutes)
            return await fire(store, clock)
    return []


async def persist(store: Store, event: Event) -> list[Event]:
    (answer,) = await store.persist([event])
    if not isinstance(answer, Stored) or answer.duplicate:
        return []
    return [event._replace(position=answer.position, counts=answer.counts)]


async def fire(store: Store, clock: Clock) -> list[Event]:
    events: list[Event] = []
    while True:
        fired = await store.fire(clock.now, 3)
        events += fired.events
        if fired.due is None or fired.due > clock.now:
            return events


async def compare(store: Store, heard: list[Event]) -> None:
    """Hold inbox and log against the fold of all that was heard, untrimmed."""
    fold = Fold()
    for event in heard:
        fold.apply(event)
        assert event.counts == fold.counts
    page = await store.page(ANN, Filter(), 1000, None)
    assert list(page.entries) == fold.page(Filter(), 1000)[0]
    assert page.counts == await store.counts(ANN) == fold.counts
    log = await store.recall(ANN, 0, 1000)
    assert page.position.offset == log.head == len(heard)
    assert len(log.events) == log.head + 1 - log.first <= 12
    for event, told_of in zip(log.events, heard[log.first - 1 :], strict=True):
        assert (event.id, event.position, event.counts) == told_of[3:6]
