"""A faulty transport carries as badly as it is told, and well once it is calm."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings import Event, Member, Notification, Options, PluginError, Position, Tidings
from tidings.policy import OwnChannels
from tidings.testing import FaultyTransport
from tidings.testing.faults import Line, Odds
from tidings_memory import MemoryBroker, MemoryStore


def event(number: int, *, logged: bool = True) -> Event:
    position = Position("e", number) if logged else None
    return Event("c", "n", b"%d" % number, f"id-{number}", position)


def numbers(events: list[Event]) -> list[int]:
    return [int(event.data) for event in events]


async def heard_over(transport: FaultyTransport, events: list[Event]) -> list[Event]:
    heard: list[Event] = []
    async with transport.subscribe(channel="c", deliver=heard.append):
        for one in events:
            await transport.push(events=[one])
    return heard


@pytest.mark.parametrize("logged", [True, False])
async def test_it_loses_repeats_and_reorders(logged: bool) -> None:
    sent = [event(number, logged=logged) for number in range(300)]

    heard = await heard_over(FaultyTransport(MemoryBroker(), seed=1), sent)

    assert set(heard) < set(sent)
    assert len(heard) > len(set(heard))
    assert numbers(heard) != sorted(numbers(heard))


async def test_the_same_seed_gives_the_same_faults() -> None:
    sent = [event(number) for number in range(100)]
    first, again, other = [
        await heard_over(FaultyTransport(MemoryBroker(), seed=seed), sent) for seed in (1, 1, 2)
    ]

    assert first == again != other


async def test_at_rest_what_was_late_comes_and_nothing_more_is_lost() -> None:
    transport = FaultyTransport(MemoryBroker(), seed=1, drop=0)
    heard: list[Event] = []
    async with transport.subscribe(channel="c", deliver=heard.append):
        await transport.push(events=[event(number) for number in range(50)])
        assert set(numbers(heard)) < set(range(50))
        transport.calm()
        assert set(numbers(heard)) == set(range(50))
        del heard[:]
        await transport.push(events=[event(number) for number in range(50, 99)])

    assert numbers(heard) == list(range(50, 99))


async def test_it_can_be_disturbed_again() -> None:
    transport = FaultyTransport(MemoryBroker(), seed=1, drop=1)
    transport.calm()
    assert await heard_over(transport, [event(1)]) == [event(1)]

    transport.disturb()

    assert await heard_over(transport, [event(1)]) == []


async def test_a_process_hears_itself_through_it_alone() -> None:
    transport = FaultyTransport(MemoryBroker(), seed=1, drop=1)
    tidings = Tidings(transport, MemoryStore())

    assert list(tidings.hooks.plugins) == ["faulty-memory", "memory-store", "own-channels"]


async def test_tidings_mends_what_it_breaks() -> None:
    transport = FaultyTransport(MemoryBroker(), seed=1)
    options = Options(straggler=0.001, head_beat=0.05)
    async with (
        Tidings(transport, MemoryStore(), options=options) as tidings,
        tidings.inbox("ann").changes() as changes,
    ):
        notes = [Notification(heading=f"{number}") for number in range(40)]
        for note in notes:
            await tidings.push("ann", note)
        seen = [(await anext(changes)).counts.pending for _ in notes]

    assert seen == list(range(1, 41))


async def test_who_is_present_is_what_the_broker_says() -> None:
    async with Tidings(FaultyTransport(MemoryBroker(), seed=1)) as tidings:
        async with tidings.presence.enter("presence-c", Member("ann")):
            assert list(await tidings.presence.members("presence-c")) == [Member("ann")]

        assert list(await tidings.presence.members("presence-c")) == []


def test_what_is_no_broker_cannot_be_faulty() -> None:
    with pytest.raises(PluginError, match="is no broker: FaultyTransport takes one"):
        FaultyTransport(OwnChannels(), seed=1)


def test_a_chance_beyond_certainty_is_refused() -> None:
    with pytest.raises(ValueError, match=r"drop=1\.5: give a probability"):
        FaultyTransport(MemoryBroker(), seed=1, drop=1.5)
    with pytest.raises(ValueError, match="held=-1: give how many"):
        FaultyTransport(MemoryBroker(), seed=1, held=-1)


@given(st.integers(), st.integers(0, 5), st.floats(0, 1), st.floats(0, 1))
def test_a_line_that_loses_nothing_brings_all_and_holds_no_more_than_it_may(
    seed: int, held: int, repeat: float, delay: float
) -> None:
    line = Line(Random(seed), Odds(0, repeat, delay, held))
    arrived: list[Event] = []
    for number in range(20):
        arrived += line.carry(event(number))
        assert set(range(number + 1)) - set(numbers(arrived)) == set(numbers(line._late)) - set(
            numbers(arrived)
        )
        assert len(line._late) <= held

    assert set(numbers(arrived + line.clear())) == set(range(20))
    assert line.clear() == []
