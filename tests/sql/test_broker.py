"""What one process pushes, those that listen in another one on the same database hear."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

from sql.nodes import ANN, BOB, UNAIDED, headings, heard, nodes, numbered, push_all
from tidings import Event, Notification, Reset, Tidings, user_channel
from tidings.names import CONTROL_CHANNEL
from tidings_sql import SqlStore
from tidings_sql.broker import Broker
from tidings_sql.database import Database
from tidings_sql.engines import engines, parsed


async def test_notifications_cross_in_order_and_once(url: str) -> None:
    async with nodes(url, url) as (here, there), here.subscribe(ANN) as listening:
        await push_all(there, numbered(0, 20))
        await push_all(here, numbered(20, 40))
        await push_all(there, numbered(40, 60))

        assert headings(await heard(listening, 60)) == numbered(0, 60)


async def test_both_ways_at_once_all_hear_all_alike(url: str) -> None:
    async with (
        nodes(url, url) as (here, there),
        here.subscribe(ANN) as one,
        there.subscribe(ANN) as other,
    ):
        await asyncio.gather(push_all(here, numbered(0, 30)), push_all(there, numbered(30, 60)))

        events = await heard(one, 60)
        assert [event.position.offset for event in events if event.position] == [*range(1, 61)]
        assert await heard(other, 60) == events


async def test_a_burst_crosses_whole(url: str) -> None:
    users = [f"user-{number}" for number in range(6)]
    async with nodes(url, url) as (here, there), AsyncExitStack() as stack:
        listening = [
            await stack.enter_async_context(here.subscribe(user_channel(user))) for user in users
        ]
        batch = [Notification(heading=text) for text in numbered(0, 250)]
        await asyncio.gather(*(there.push(users, notification) for notification in batch))

        for one in listening:
            assert sorted(headings(await heard(one, 250))) == sorted(numbered(0, 250))


async def test_plain_events_cross_whatever_their_size(url: str) -> None:
    sizes = [1, 7_000, 8_000, 9_000, 60_000]
    async with nodes(url, url) as (here, there), here.subscribe("news") as listening:
        for size in sizes:
            await there.publish("news", "héadline 👋", "ü" * (size // 2), origin="elsewhere")

        events = await heard(listening, len(sizes))
        assert [len(json.loads(event.data)) for event in events] == [size // 2 for size in sizes]
        assert {event.name for event in events} == {"héadline 👋"}
        assert {(event.position, event.origin) for event in events} == {(None, "elsewhere")}


async def test_a_user_is_disconnected_on_every_node(url: str) -> None:
    async with nodes(url, url) as (here, there), here.subscribe(CONTROL_CHANNEL) as control:
        await there.disconnect("ann", revoke=True)

        (event,) = await heard(control, 1)
        assert (event.name, json.loads(event.data)) == (
            "tidings:disconnect",
            {"user": "ann", "revoked": True},
        )


async def test_a_process_that_comes_later_does_not_hear_what_was_before(url: str) -> None:
    async with nodes(url) as (there,):
        await (await there.publish("news", "headline", "before")).outcomes()
        async with nodes(url) as (here,), here.subscribe("news") as listening:
            await there.publish("news", "headline", "after")

            assert [event.data for event in await heard(listening, 1)] == [b'"after"']


async def test_a_process_does_not_hear_itself_through_the_database(url: str) -> None:
    mine = SqlStore(url)
    async with Tidings(mine, options=UNAIDED) as here, nodes(url) as (there,):
        through_the_database: list[Event] = []
        last = asyncio.Event()

        def deliver(event: Event) -> None:
            through_the_database.append(event)
            if event.channel == BOB:
                last.set()

        async with (
            mine.subscribe(channel="news", deliver=deliver),
            mine.subscribe(channel=ANN, deliver=deliver),
            mine.subscribe(channel=BOB, deliver=deliver),
        ):
            await (await here.publish("news", "headline", "mine")).outcomes()
            await (await here.push("ann", Notification(heading="Mine"))).outcomes()
            await there.push("bob", Notification(heading="Yours"))
            async with asyncio.timeout(10):
                await last.wait()

        assert [event.channel for event in through_the_database] == [BOB]


async def test_a_user_forgotten_elsewhere_is_a_reset(url: str) -> None:
    async with nodes(url, url) as (here, there), here.subscribe(ANN) as listening:
        await push_all(there, ["Build passed"])
        await heard(listening, 1)
        await there.forget("ann")

        async with asyncio.timeout(10):
            reset = await anext(listening)
        assert isinstance(reset, Reset)
        assert reset.reason == "new epoch"


async def test_a_node_that_was_down_catches_up_and_goes_on_live(url: str) -> None:
    async with nodes(url) as (there,):
        async with nodes(url) as (here,), here.subscribe(ANN) as listening:
            await push_all(there, numbered(0, 5))
            await heard(listening, 5)
            position = listening.position
        await push_all(there, numbered(5, 10))
        async with nodes(url) as (here,), here.subscribe(ANN, after=position) as listening:
            await push_all(there, numbered(10, 15))

            assert headings(await heard(listening, 10)) == numbered(5, 15)


async def test_who_is_cancelled_while_it_closes_leaves_nothing_at_work(url: str) -> None:
    entered = asyncio.Event()

    async def come_and_go(database: Database) -> None:
        async with Broker(database) as broker, broker.subscribe("news", lambda _: None):
            entered.set()

    async with Database(engines(parsed(url), "NORMAL")) as database:
        before = asyncio.all_tasks()
        going = asyncio.create_task(come_and_go(database))
        await entered.wait()
        going.cancel()
        await asyncio.wait([going])

        assert going.cancelled()
        assert asyncio.all_tasks() <= before
