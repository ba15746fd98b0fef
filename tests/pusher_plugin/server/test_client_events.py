"""Events that clients send each other, over real connections."""

from __future__ import annotations

import pytest

from pusher_plugin.server.by_hand import ONE_SHELL, Open, PusherSite
from pusher_plugin.server.dialect.talking import Clock
from pusher_plugin.server.signing_by_hand import SHOP

ROOM, PRIVATE = "presence-room", "private-x"
QUIET = SHOP.model_copy(update={"client_events": False})


@ONE_SHELL
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": 1}, '{"a":1}'),
        ("text", "text"),
        ('{"a": 1}', '{"a": 1}'),
        (None, "null"),
        ([True, 1.0], "[true,1.0]"),
    ],
)
async def test_it_reaches_the_others_and_not_who_sent_it(
    here: PusherSite, data: object, text: str
) -> None:
    async with here.connect() as one, here.connect() as other:
        for client in (one, other):
            await client.hear(PRIVATE)
        await one.say("client-x", data, channel=PRIVATE)
        assert await other.next() == {"event": "client-x", "channel": PRIVATE, "data": text}
        await one.nothing_more()


async def test_on_a_presence_channel_it_names_the_member_whom_the_server_knows(
    here: PusherSite,
) -> None:
    async with here.connect() as ann, here.connect() as bob:
        await ann.hear(ROOM, {"user_id": "ann"})
        await bob.hear(ROOM, {"user_id": "bob"})
        await ann.take(1)
        await ann.say("client-x", {"user_id": "bob"}, channel=ROOM, user_id="bob")
        frame = {"event": "client-x", "channel": ROOM, "data": '{"user_id":"bob"}'}
        assert await bob.next() == {**frame, "user_id": "ann"}


@ONE_SHELL
@pytest.mark.parametrize(
    ("event", "data", "channel"),
    [
        ("client-x", 1, "news"),
        ("client-x", 1, "private-not-subscribed"),
        ("client-x", 1, "#server-to-user-ann"),
        ("client-x", "x" * 10_241, PRIVATE),
        ("client-" + "x" * 194, 1, PRIVATE),
        ("said", 1, PRIVATE),
        ("pusher_internal:member_added", {"user_id": "eve"}, PRIVATE),
        ("tidings:notification", {"heading": "Forged"}, PRIVATE),
    ],
)
async def test_what_may_not_be_sent_is_refused_and_reaches_nobody(
    here: PusherSite, event: str, data: object, channel: str
) -> None:
    async with here.connect() as one, here.connect() as other:
        for client in (one, other):
            for heard in ("news", PRIVATE):
                await client.hear(heard)
            await client.own("ann")
        await one.say(event, data, channel=channel)
        assert (await one.error())[1] == 4301
        await one.say("client-last", 1, channel=PRIVATE)
        assert await other.told() == [("client-last", 1)]


async def test_the_eleventh_in_a_second_is_refused(opened: Open) -> None:
    clock = Clock()
    async with (
        opened(clock=clock) as here,
        here.connect() as one,
        here.connect() as other,
    ):
        for client in (one, other):
            await client.hear(PRIVATE)
        for number in range(12):
            await one.say("client-x", number, channel=PRIVATE)
        for _ in range(2):
            words, code = await one.error()
            assert ("at most 10 client events in a second" in words, code) == (True, 4301)
        await other.say("client-y", 0, channel=PRIVATE)  # each connection has its own
        assert await one.told() == [("client-y", 0)]
        assert await other.told(10) == [("client-x", number) for number in range(10)]
        clock.now += 1
        await one.say("client-x", 99, channel=PRIVATE)
        assert await other.told() == [("client-x", 99)]


async def test_an_app_allows_them_only_if_it_says_so(opened: Open) -> None:
    async with opened(QUIET) as here, here.connect(QUIET) as client:
        await client.hear(PRIVATE)
        await client.say("client-x", 1, channel=PRIVATE)
        words, code = await client.error()
        assert ("does not allow client events" in words, code) == (True, 4301)
