"""A user who signs in has first what is pending, and then what is live; nothing is lost between."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fronts import Shell
from pusher_plugin.server.by_hand import Open, PusherSite, pusher_site
from pusher_plugin.server.signing_by_hand import SHOP
from tidings import Notification, Options, Tidings
from tidings_memory import MemoryBroker
from tidings_sql import SqlStore


async def test_the_newest_fifty_come_oldest_first_and_then_what_is_live(here: PusherSite) -> None:
    await here.push("ann", *(str(number) for number in range(52)))
    async with here.connect() as client:
        assert await client.own("ann") == {}
        frames = await client.take(50)
        await here.push("ann", "live")
        frames.append(await client.next())
        await client.nothing_more()
    data = [json.loads(frame["data"]) for frame in frames]
    assert [entry["heading"] for entry in data] == [*map(str, range(2, 52)), "live"]
    assert [entry["_tidings"]["offset"] for entry in data] == list(range(3, 54))
    assert len({entry["_tidings"]["id"] for entry in data}) == 51
    assert data[0]["_tidings"]["counts"] == {"pending": 52, "unseen": 52}
    assert data[-1]["_tidings"]["counts"] == {"pending": 53, "unseen": 53}
    assert {frame["channel"] for frame in frames} == {"#server-to-user-ann"}


async def test_they_come_at_each_connection_until_they_are_opened(here: PusherSite) -> None:
    await here.push("ann", "one", "two", "three")
    for _ in range(2):
        async with here.connect() as client:
            await client.own("ann")
            assert await client.headings(3) == ["one", "two", "three"]
    inbox = here.tidings.inbox("ann")
    await inbox.open((await inbox.page()).entries[1].id)
    async with here.connect() as client:
        await client.own("ann")
        assert await client.headings(2) == ["one", "three"]
        await client.nothing_more()


async def test_none_is_lost_none_comes_twice_and_all_are_in_order_while_more_are_pushed(
    here: PusherSite,
) -> None:
    begun, last = asyncio.Event(), 150

    async def push_on() -> None:
        for number in range(1, last + 1):
            await here.push("ann", str(number))
            if number == 10:
                begun.set()
            await asyncio.sleep(0)

    async def device(wait: int) -> list[int]:
        await begun.wait()
        for _ in range(wait):
            await asyncio.sleep(0)
        async with here.connect() as client:
            await client.own("ann")
            heard = [int((await client.headings(1))[0])]
            while heard[-1] != last:
                heard.append(int((await client.headings(1))[0]))
            await client.nothing_more()
        return heard

    async with asyncio.TaskGroup() as group:
        pushing = group.create_task(push_on())
        devices = [group.create_task(device(7 * number)) for number in range(8)]
    assert pushing.done()
    for heard in (task.result() for task in devices):
        assert heard == list(range(heard[0], last + 1))
        assert len(heard) >= 50


async def test_an_app_may_want_fewer_or_none(opened: Open) -> None:
    few = SHOP.model_copy(update={"pending": 1})
    none = SHOP.model_copy(update={"id": "9", "key": "none", "pending": 0, "namespace": "n"})
    async with opened(few, none) as here:
        await here.push("ann", "one", "two")
        await here.push("n;ann", "one", "two")
        async with here.connect(few) as client:
            await client.own("ann")
            assert await client.headings(1) == ["two"]
            await client.nothing_more()
        async with here.connect(none) as client:
            await client.own("ann")
            await client.nothing_more()


@pytest.mark.parametrize("stored", [False, True])
async def test_without_a_log_there_is_what_is_live(opened: Open, *, stored: bool) -> None:
    unlogged = {"options": Options(logged=("private-x",))}
    settings: dict[str, Any] = unlogged if stored else {"store": MemoryBroker()}
    async with opened(**settings) as here, here.connect() as client:
        await here.push("ann", "missed")
        await client.own("ann")
        await client.hear("private-user-ann")
        await here.push("ann", "live")
        frames = await client.take(2)
        assert {frame["channel"] for frame in frames} == {"#server-to-user-ann", "private-user-ann"}
        assert {json.loads(frame["data"])["heading"] for frame in frames} == {"live"}
        await client.nothing_more()


async def test_what_a_store_keeps_survives_a_restart(shell: Shell, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tidings.db"
    async with pusher_site(shell, store=SqlStore(url)) as here:
        async with here.connect(recovery=True) as client:
            await client.own("ann")
            await here.push("ann", "one")
            place = (await client.next())["position"]
        await here.push("ann", "two")
    async with Tidings(SqlStore(url)) as elsewhere:
        await elsewhere.push("ann", Notification(heading="three"))
    async with pusher_site(shell, store=SqlStore(url)) as here:
        async with here.connect() as client:
            await client.own("ann")
            assert await client.headings(3) == ["one", "two", "three"]
            await client.nothing_more()
        async with here.connect(recovery=True) as client:
            assert (await client.own("ann", after=place))["position"] == place
            assert await client.headings(2) == ["two", "three"]
            await client.nothing_more()
