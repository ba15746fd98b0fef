"""What an application's backend is told: which channels are heard, by how many, by whom."""

from __future__ import annotations

import pytest
from pusher.errors import PusherBadRequest

from pusher_plugin.http_api.own_server import BLOG, SHOP, OwnServer, own_server
from tidings import Abilities
from tidings_memory import MemoryBroker, MemoryStore


class Blind(MemoryBroker):
    """A broker that counts nobody."""

    abilities = Abilities(role="broker", local=True, taskless=True)


COUNTING = SHOP.model_copy(update={"subscription_count": True})


async def test_channels_that_are_heard_are_told(server: OwnServer) -> None:
    async with server.listener("a", "private-b") as ann, server.listener("c", app=BLOG):
        await ann.sign_in("ann")
        assert await server.server_sdk("channels_info") == {"channels": {"a": {}, "private-b": {}}}
        told = await server.server_sdk("channels_info", "private-")
        assert told == {"channels": {"private-b": {}}}
        assert await server.server_sdk("channels_info", app=BLOG) == {"channels": {"c": {}}}
    assert await server.server_sdk("channels_info", "nowhere") == {"channels": {}}


async def test_presence_channels_are_told_with_their_users_each_once(server: OwnServer) -> None:
    async with server.listener("a") as ann, server.listener() as bob, server.listener() as eve:
        await ann.hear("presence-x", "ann")
        await bob.hear("presence-x", "bob")
        await eve.hear("presence-x", "bob")
        told = await server.server_sdk("channels_info", "presence-", ["user_count"])
        assert told == {"channels": {"presence-x": {"user_count": 2}}}
        told = await server.server_sdk("channel_info", "presence-x", ["user_count"])
        assert told == {"occupied": True, "user_count": 2}
        told = await server.server_sdk("users_info", "presence-x")
        assert told == {"users": [{"id": "ann"}, {"id": "bob"}]}


@pytest.mark.parametrize("prefix", ["", "private-", "pres"])
async def test_users_are_counted_on_presence_channels_only(server: OwnServer, prefix: str) -> None:
    with pytest.raises(PusherBadRequest, match="presence"):
        await server.server_sdk("channels_info", prefix, ["user_count"])


async def test_a_channel_that_nobody_hears_is_not_occupied(server: OwnServer) -> None:
    assert await server.server_sdk("channel_info", "news") == {"occupied": False}
    told = await server.server_sdk("channel_info", "presence-x", ["user_count"])
    assert told == {"occupied": False, "user_count": 0}
    assert await server.server_sdk("users_info", "presence-x") == {"users": []}


async def test_subscriptions_are_counted_where_the_app_wants_that() -> None:
    async with own_server(COUNTING) as server, server.listener("a") as ann, server.listener():
        assert (await ann.next())["event"] == "pusher_internal:subscription_count"
        told = await server.server_sdk("channel_info", "a", ["subscription_count"])
        assert told == {"occupied": True, "subscription_count": 1}


async def test_what_is_kept_for_a_cache_channel_is_told(server: OwnServer) -> None:
    assert await server.server_sdk("channel_info", "cache-a", ["cache"]) == {
        "occupied": False,
        "cache": None,
    }
    await server.server_sdk("trigger", "cache-a", "said", "x")
    told = await server.server_sdk("channel_info", "cache-a", ["cache"])
    assert told["cache"]["data"] == "x"
    assert 1790 <= told["cache"]["ttl"] <= 1800


@pytest.mark.parametrize(
    ("channel", "attribute"),
    [
        ("news", "user_count"),
        ("news", "subscription_count"),
        ("presence-x", "subscription_count"),
        ("news", "cache"),
        ("news", "members"),
    ],
)
async def test_what_a_channel_does_not_have_is_refused(
    server: OwnServer, channel: str, attribute: str
) -> None:
    with pytest.raises(PusherBadRequest, match=attribute if attribute != "members" else "info"):
        await server.server_sdk("channel_info", channel, [attribute])


async def test_only_presence_channels_know_their_users(server: OwnServer) -> None:
    with pytest.raises(PusherBadRequest, match="presence"):
        await server.server_sdk("users_info", "news")


@pytest.mark.parametrize("channel", ["blog;news", "a%20b", "%23x", "x" * 165])
async def test_what_no_channel_of_the_app_can_be_called_is_refused(
    server: OwnServer, channel: str
) -> None:
    for path in (f"/apps/3/channels/{channel}", f"/apps/3/channels/{channel}/users"):
        assert (await server.get(path)).status_code == 400


async def test_where_no_broker_knows_who_is_present_nobody_is() -> None:
    async with own_server(SHOP, plugins=(Blind(), MemoryStore())) as server:
        assert await server.server_sdk("users_info", "presence-x") == {"users": []}
        told = await server.server_sdk("channel_info", "presence-x", ["user_count"])
        assert told == {"occupied": False, "user_count": 0}
