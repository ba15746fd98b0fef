"""Plain events on channels with and without a log, and control."""

from __future__ import annotations

import asyncio
import json

import pytest

from logic.backends import World
from logic.following import take
from tidings import Event, Lagged, Position, Tidings, Unsupported
from tidings.names import CONTROL_CHANNEL
from tidings.service import DISCONNECT


async def test_a_public_channels_listeners_hear_what_any_node_publishes(
    world: World, tidings: Tidings, elsewhere: Tidings
) -> None:
    world.calm()  # what has no log is not mended
    async with tidings.subscribe("news") as here, elsewhere.subscribe("news") as there:
        for number in range(30):
            await (tidings if number % 2 else elsewhere).publish("news", "said", {"n": number})
        heard = [await take(listener, 30) for listener in (here, there)]

    for events in heard:
        said = [event for event in events if isinstance(event, Event) and event.position is None]
        numbers = [json.loads(event.data)["n"] for event in said]
        assert [number for number in numbers if number % 2] == list(range(1, 30, 2))
        assert [number for number in numbers if not number % 2] == list(range(0, 30, 2))


async def test_one_node_publishes_in_order(world: World, tidings: Tidings) -> None:
    world.calm()
    async with tidings.subscribe("news") as news:
        for number in range(30):
            await tidings.publish("news", "said", number, origin="connection 7")
        events = await take(news, 30)

    assert [event.data for event in events if isinstance(event, Event)] == [
        b"%d" % number for number in range(30)
    ]
    assert {event.origin for event in events if isinstance(event, Event)} == {"connection 7"}


async def test_a_channel_hears_nothing_of_another(world: World, tidings: Tidings) -> None:
    world.calm()
    async with tidings.subscribe("news") as news, tidings.subscribe("News") as other:
        await tidings.publish("news", "a")
        await tidings.publish("News", "b")
        await tidings.publish("news", "c")

        assert [event.name for event in await take(news, 2) if isinstance(event, Event)] == [
            "a",
            "c",
        ]
        assert [event.name for event in await take(other) if isinstance(event, Event)] == ["b"]


async def test_a_plain_event_comes_between_notifications_in_its_place(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    channel = tidings.inbox("ann").channel
    async with tidings.subscribe(channel) as events:
        for number in range(20):
            await elsewhere.publish(channel, "typing", number)
        heard = await take(events, 20)

    assert [event.data for event in heard if isinstance(event, Event)] == [
        b"%d" % number for number in range(20)
    ]
    assert (await tidings.inbox("ann")).counts.pending == 0


async def test_without_a_log_there_is_nothing_to_catch_up_with(tidings: Tidings) -> None:
    with pytest.raises(Unsupported, match="'news' has no log to recall from"):
        tidings.subscribe("news", after=Position("e", 1))


async def test_a_listener_too_slow_for_a_channel_without_a_log_is_told(world: World) -> None:
    world.calm()
    async with world.node(queue=10) as node, node.subscribe("news") as news:
        for number in range(50):
            await (await node.publish("news", "said", number)).outcomes()
        told = await take(news)
        while sum(each.missed if isinstance(each, Lagged) else 1 for each in told) < 50:
            told += await take(news)  # over a network the last ones come when they come

    assert isinstance(told[0], Lagged)
    numbers = [int(each.data) for each in told if isinstance(each, Event)]
    assert numbers == sorted(numbers)
    assert len(numbers) < 20
    assert numbers[-1] == 49


@pytest.mark.parametrize("revoke", [False, True])
async def test_every_node_hears_that_a_user_is_cut_off(
    world: World, tidings: Tidings, elsewhere: Tidings, revoke: bool
) -> None:
    if not world.steered:
        pytest.skip("control is for brokers, and here is a carrier alone")
    world.calm()
    async with (
        tidings.subscribe(CONTROL_CHANNEL) as here,
        elsewhere.subscribe(CONTROL_CHANNEL) as there,
    ):
        await tidings.disconnect("ann", revoke=revoke)

        for control in (here, there):
            (event,) = await take(control)
            assert isinstance(event, Event)
            assert event.name == DISCONNECT
            assert json.loads(event.data) == {"user": "ann", "revoked": revoke}


async def test_leaving_ends_the_iteration_of_whoever_waits(tidings: Tidings) -> None:
    news = tidings.subscribe("news")
    async with asyncio.TaskGroup() as group, news:
        waiting = group.create_task(anext(news, None))
        await asyncio.sleep(0)

    assert waiting.result() is None
