"""Who listens in a process hears what is pushed there, and who comes and goes."""

from __future__ import annotations

import json

import pytest

from memory.samples import NEWS, said
from tidings.errors import InvalidData
from tidings.event import Event
from tidings.presence import Member
from tidings_memory import MemoryBroker

ROOM = "presence-room"


def told_of(heard: list[Event]) -> list[tuple[str, dict[str, object]]]:
    return [(event.name, json.loads(event.data)) for event in heard]


async def test_a_listener_hears_its_channel_and_no_other() -> None:
    broker = MemoryBroker()
    heard: list[Event] = []
    event, elsewhere = said(channel=NEWS), said(channel="weather")

    async with broker.subscribe(NEWS, heard.append):
        await broker.push([event, elsewhere])

    assert heard == [event]


async def test_an_event_comes_through_as_it_was_pushed_and_in_order() -> None:
    broker = MemoryBroker()
    heard: list[Event] = []
    events = [said(b'{"n":%d}' % n, NEWS, origin="tab-1") for n in range(5)]

    async with broker.subscribe(NEWS, heard.append):
        await broker.push(events[:2])
        await broker.push(events[2:])

    assert heard == events


async def test_all_nodes_that_share_a_broker_hear() -> None:
    broker = MemoryBroker()
    one: list[Event] = []
    other: list[Event] = []
    event = said(channel=NEWS)

    async with broker.subscribe(NEWS, one.append), broker.subscribe(NEWS, other.append):
        await broker.push([event])

    assert one == other == [event]


async def test_who_has_left_hears_no_more_and_the_others_do() -> None:
    broker = MemoryBroker()
    left: list[Event] = []
    stays: list[Event] = []
    event = said(channel=NEWS)

    async with broker.subscribe(NEWS, stays.append):
        async with broker.subscribe(NEWS, left.append):
            pass
        await broker.push([event])
    await broker.push([event])

    assert (left, stays) == ([], [event])


async def test_a_listener_that_fails_is_taken_off() -> None:
    broker = MemoryBroker()
    heard: list[Event] = []

    with pytest.raises(RuntimeError, match="on purpose"):
        async with broker.subscribe(NEWS, heard.append):
            raise RuntimeError("on purpose")
    await broker.push([said(channel=NEWS)])

    assert heard == []


async def test_the_first_connection_of_a_user_is_announced_and_the_last() -> None:
    broker = MemoryBroker()
    heard: list[Event] = []
    ann = Member("ann", {"name": "Ann"})

    async with broker.subscribe(ROOM, heard.append):
        async with broker.enter(ROOM, ann):
            async with broker.enter(ROOM, Member("ann")):
                assert await broker.members(ROOM) == [ann]
            assert len(heard) == 1
        assert await broker.members(ROOM) == []

    assert told_of(heard) == [
        ("tidings:member_added", {"user": "ann", "info": {"name": "Ann"}}),
        ("tidings:member_removed", {"user": "ann"}),
    ]


async def test_members_are_told_in_the_order_they_came() -> None:
    broker = MemoryBroker()

    async with (
        broker.enter(ROOM, Member("bob")),
        broker.enter(ROOM, Member("ann")),
        broker.enter("presence-elsewhere", Member("cid")),
        broker.enter(ROOM, Member("dan")),
    ):
        present = [member.user for member in await broker.members(ROOM)]

    assert present == ["bob", "ann", "dan"]


async def test_who_comes_back_comes_last() -> None:
    broker = MemoryBroker()

    async with broker.enter(ROOM, Member("ann")):
        pass
    async with broker.enter(ROOM, Member("bob")), broker.enter(ROOM, Member("ann")):
        present = [member.user for member in await broker.members(ROOM)]

    assert present == ["bob", "ann"]


async def test_a_connection_that_fails_is_counted_off() -> None:
    broker = MemoryBroker()

    with pytest.raises(RuntimeError, match="on purpose"):
        async with broker.enter(ROOM, Member("ann")):
            raise RuntimeError("on purpose")

    assert await broker.members(ROOM) == []


async def test_a_member_that_cannot_be_told_of_does_not_enter() -> None:
    broker = MemoryBroker()

    with pytest.raises(InvalidData):
        async with broker.enter(ROOM, Member("ann", {"since": object()})):
            pass

    assert await broker.members(ROOM) == []
