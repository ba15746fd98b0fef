"""Who is on a presence channel, as those who are there are told."""

from __future__ import annotations

import asyncio

import pytest

from pusher_plugin.server.by_hand import ONE_SHELL, Open, PusherSite
from pusher_plugin.server.signing_by_hand import SHOP

ROOM = "presence-room"
ADDED, REMOVED = "pusher_internal:member_added", "pusher_internal:member_removed"
ANN = {"user_id": "ann", "user_info": {"name": "Ann"}}


async def test_who_comes_is_told_who_is_there_and_the_others_that_they_came(
    here: PusherSite,
) -> None:
    async with here.connect() as ann, here.connect() as one:
        alone = {"ids": ["ann"], "hash": {"ann": {"name": "Ann"}}, "count": 1}
        assert await ann.hear(ROOM, ANN) == {"presence": alone}
        both = {"ids": ["ann", "1"], "hash": {"ann": {"name": "Ann"}, "1": {}}, "count": 2}
        assert await one.hear(ROOM, {"user_id": 1}) == {"presence": both}
        assert await ann.told() == [(ADDED, {"user_id": "1", "user_info": {}})]
        await one.leave(ROOM)
        assert await ann.told() == [(REMOVED, {"user_id": "1"})]
        await one.nothing_more()
        await ann.nothing_more()


async def test_a_user_with_several_tabs_comes_and_goes_once(here: PusherSite) -> None:
    async with here.connect() as bob:
        await bob.hear(ROOM, {"user_id": "bob"})
        async with here.connect() as first:
            await first.hear(ROOM, ANN)
            assert await bob.told() == [(ADDED, ANN)]
            async with here.connect() as second:
                other = {"user_id": "ann", "user_info": {"name": "Ann, on her phone"}}
                presence = (await second.hear(ROOM, other))["presence"]
                assert (presence["count"], presence["hash"]["ann"]) == (2, {"name": "Ann"})
                await bob.nothing_more()
                await first.nothing_more()
            await bob.nothing_more()
        assert await bob.told() == [(REMOVED, {"user_id": "ann"})]


async def test_who_loses_the_network_for_a_moment_was_never_away(opened: Open) -> None:
    async with opened(presence_grace=0.5) as here, here.connect() as bob:
        await bob.hear(ROOM, {"user_id": "bob"})
        async with here.connect() as ann:
            await ann.hear(ROOM, ANN)
        async with here.connect() as ann:
            await ann.hear(ROOM, ANN)
            await bob.take(1)
            await bob.nothing_more()
        assert await bob.told() == [(REMOVED, {"user_id": "ann"})]


async def test_the_user_who_signed_in_may_be_the_member(here: PusherSite) -> None:
    async with here.connect() as client:
        await client.asks_to_hear(ROOM)
        assert "sign in" in await client.not_let_in(ROOM)
        await client.sign_in("ann", user_info={"name": "Ann"})
        assert (await client.hear(ROOM))["presence"]["hash"] == {"ann": {"name": "Ann"}}


async def test_a_channel_has_as_many_members_as_it_may_however_they_hurry(opened: Open) -> None:
    app = SHOP.model_copy(update={"members": 3})
    async with opened(app) as here, asyncio.TaskGroup() as group:
        done, outcomes = asyncio.Event(), asyncio.Queue[str]()

        async def come(user: str) -> None:
            async with here.connect(app) as client:
                await client.asks_to_hear(ROOM, {"user_id": user})
                frame = await client.next()
                await outcomes.put(str(frame.get("data")))
                await done.wait()

        for number in range(6):
            group.create_task(come(f"user-{number}"))
        told = [await outcomes.get() for _ in range(6)]
        async with here.connect(app) as tab:  # of somebody who is there
            there = next(iter(here.live.census.members(ROOM)))
            assert (await tab.hear(ROOM, {"user_id": there}))["presence"]["count"] == 3
        done.set()
    refused = [data for data in told if "LimitReached" in data]
    assert len(refused) == 3
    assert "at most 3 users" in refused[0]


@ONE_SHELL
@pytest.mark.parametrize("user", ["Åsa ✓", "a;b", "x" * 128, "=x", " "])
async def test_members_may_be_called_anything(here: PusherSite, user: str) -> None:
    async with here.connect() as ann, here.connect() as odd:
        await ann.hear(ROOM, ANN)
        await odd.hear(ROOM, {"user_id": user})
        assert await ann.told() == [(ADDED, {"user_id": user, "user_info": {}})]
        await odd.say("client-x", 1, channel=ROOM)
        assert (await ann.next())["user_id"] == user
