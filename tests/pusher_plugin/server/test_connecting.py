"""How connections begin and end, as clients see it."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from fronts import WITHIN, until
from pusher_plugin.server.by_hand import Open, PusherSite
from pusher_plugin.server.signing_by_hand import BLOG, SHOP

OFF = BLOG.model_copy(update={"id": "5", "key": "off", "namespace": "off", "enabled": False})
FULL = BLOG.model_copy(update={"id": "6", "key": "full", "namespace": "full", "connections": 1})
SEVEN = {"protocol": "7"}


@pytest.mark.parametrize("prefix", ["", "/behind/a/proxy"])
async def test_a_connection_is_greeted_by_an_id_of_its_own(here: PusherSite, prefix: str) -> None:
    async with here.connect(prefix=prefix) as one, here.connect(unknown="x", protocol="5") as other:
        assert re.fullmatch(r"\d+\.\d+", one.socket_id)
        assert one.socket_id != other.socket_id
        assert not one.recovers
        await one.nothing_more()


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/app/unknown", SEVEN, 4001),
        ("/app/off", SEVEN, 4003),
        ("/app", SEVEN, 4005),
        (f"/app/{SHOP.key}", {"protocol": "x"}, 4006),
        (f"/app/{SHOP.key}", {"protocol": "3"}, 4007),
        (f"/app/{SHOP.key}", {}, 4008),
    ],
)
async def test_who_cannot_be_served_is_told_why_and_the_connection_ends_with_that_code(
    opened: Open, path: str, query: dict[str, str], code: int
) -> None:
    async with opened(SHOP, OFF) as here, here.raw(path, query) as client:
        frame = await client.next()
        assert (frame["event"], frame["data"]["code"]) == ("pusher:error", code)
        assert await client.ended() == code
        assert not client.unread


async def test_an_app_has_no_more_connections_than_it_may(opened: Open) -> None:
    async with opened(FULL) as here:
        async with here.connect(FULL), here.raw("/app/full", SEVEN) as second:
            assert await second.ended() == 4004
        await until(lambda: not here.live.census.connections)
        async with here.connect(FULL) as third:
            await third.nothing_more()


async def test_pings_of_the_protocol_below_are_answered_too(here: PusherSite) -> None:
    async with here.connect() as client, asyncio.timeout(WITHIN):
        await (await client.raw.ping())


async def test_binary_frames_are_not_supported(here: PusherSite) -> None:
    async with here.connect() as client:
        await client.raw.send(b'{"event":"pusher:ping"}')
        assert await client.ended() == 1003


async def test_a_message_beyond_the_fronts_limit_ends_the_connection(opened: Open) -> None:
    async with opened(message=20_000) as here, here.connect() as client:
        await client.say("pusher:ping", "x" * 19_000)
        assert (await client.next())["event"] == "pusher:pong"
        await client.say("pusher:ping", "x" * 21_000)
        assert await client.ended() == 1009


async def test_who_floods_may_come_back(opened: Open) -> None:
    async with opened(rate=1.0) as here, here.connect() as client:
        for _ in range(9):
            await client.say("pusher:ping", {})
        assert await client.ended() in range(4100, 4200)


async def test_a_user_whom_the_application_cuts_off_stays_away(here: PusherSite) -> None:
    async with here.connect() as ann, here.connect() as bob:
        await ann.own("ann")
        await bob.own("bob")
        await here.tidings.disconnect("ann")
        assert await ann.ended() == 4009
        await bob.nothing_more()


async def test_a_server_that_stops_asks_all_to_come_back_a_little_later(here: PusherSite) -> None:
    async with here.connect() as one, here.connect() as other:
        await one.hear("news")
        await here.site.front.leave()
        assert [await client.ended() for client in (one, other)] == [4100, 4100]


async def test_what_comes_before_the_greeting_waits_for_it(here: PusherSite) -> None:
    async with here.raw(f"/app/{SHOP.key}", SEVEN) as client:
        await client.raw.send(json.dumps({"event": "pusher:ping", "data": {}}))
        events = [frame["event"] for frame in await client.take(2)]
        assert events == ["pusher:connection_established", "pusher:pong"]
