"""Hearing channels of every kind, and not hearing them any more."""

from __future__ import annotations

import json

import pytest

from fronts import until
from pusher_plugin.server.by_hand import ONE_SHELL, Open, PusherSite
from pusher_plugin.server.dialect.talking import Clock
from pusher_plugin.server.signing_by_hand import SHOP, to_sign_in
from tidings import AccessRequest, Denial, Grant, hookimpl

COUNTED = SHOP.model_copy(update={"subscription_count": True})
COUNT = "pusher_internal:subscription_count"


@ONE_SHELL
@pytest.mark.parametrize(
    "channel",
    [
        "news",
        "private-x",
        "private-encrypted-x",
        "presence-x",
        "a" * 164,
        "private-user-ann",
        "-=@,.;_",
    ],
)
async def test_who_may_hear_a_channel_hears_what_is_published_from_then_on(
    here: PusherSite, channel: str
) -> None:
    async with here.connect() as client:
        await here.tidings.publish(channel, "said", {"n": 1})
        await client.hear(channel, {"user_id": "ann"} if channel.startswith("presence-") else None)
        await here.tidings.publish(channel, "said", {"n": 2})
        frame = {"event": "said", "channel": channel, "data": '{"n":2}'}
        assert await client.next() == frame
        await client.leave(channel)
        await client.nothing_more()
        await here.tidings.publish(channel, "said", {"n": 3})
        await client.nothing_more()
        await until(lambda: not here.occupied())


@ONE_SHELL
@pytest.mark.parametrize(
    "text",
    ["hello", "1", '"a"', "[1, 2]", ' { "a" : 1.0 }', "", "{", "NaN", "é\u2028\x7f\x00", "null"],
)
async def test_what_a_backend_publishes_comes_character_for_character(
    here: PusherSite, text: str
) -> None:
    async with here.connect() as client:
        await client.hear("news")
        await here.trigger("news", "said", text)
        assert await client.next() == {"event": "said", "channel": "news", "data": text}


async def test_what_was_sealed_for_an_encrypted_channel_is_forwarded(here: PusherSite) -> None:
    box = json.dumps({"nonce": "bm9uY2U=", "ciphertext": "Y2lwaGVy"})
    async with here.connect() as client:
        await client.hear("private-encrypted-x")
        await here.tidings.publish("private-encrypted-x", "said", json.loads(box))
        assert json.loads((await client.next())["data"]) == json.loads(box)


async def test_a_second_subscription_is_refused_and_the_first_goes_on(here: PusherSite) -> None:
    async with here.connect() as client:
        await client.hear("news")
        await client.asks_to_hear("news")
        assert await client.error() == ("Existing subscription to channel news", None)
        await here.tidings.publish("news", "said", 1)
        assert await client.told() == [("said", 1)]
        await client.nothing_more()


async def test_all_that_is_asked_for_in_one_breath_is_done_in_order(here: PusherSite) -> None:
    member = {"user_id": "ann"}
    async with here.connect() as client:
        for _ in range(5):
            await client.asks_to_hear("presence-x", member)
            await client.leave("presence-x")
        await client.asks_to_hear("presence-x", member)
        for _ in range(6):
            assert (await client.succeeded("presence-x"))["presence"]["ids"] == ["ann"]
        await here.tidings.publish("presence-x", "said", 1)
        assert await client.told() == [("said", 1)]
        await client.nothing_more()
        await client.leave("presence-x")
        await client.nothing_more()
        assert not here.occupied()


async def test_a_policy_may_close_a_public_channel(opened: Open) -> None:
    class Closed:
        name = "closed"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant | Denial:
            return Denial("closed today") if request.channel == "news" else Grant()

    async with opened(plugins=(Closed(),)) as here, here.connect() as client:
        await client.asks_to_hear("news")
        assert await client.not_let_in("news") == "closed today"
        await client.hear("other")


async def test_a_connection_hears_as_many_channels_as_the_front_lets_it(opened: Open) -> None:
    async with opened(subscriptions=2) as here, here.connect() as client:
        await client.hear("a")
        await client.hear("b")
        await client.asks_to_hear("c")
        assert "at most 2 channels" in await client.not_let_in("c")
        await client.leave("a")
        await client.hear("c")


async def test_a_page_that_comes_back_may_ask_for_all_its_channels_at_once(
    here: PusherSite,
) -> None:
    async with here.connect() as client:
        names = [f"news-{number}" for number in range(99)]
        for name in names:
            await client.asks_to_hear(name)
        await client.say("pusher:signin", to_sign_in(SHOP, client.socket_id, {"id": "ann"}))
        for name in names:
            await client.succeeded(name)
        assert (await client.next())["event"] == "pusher:signin_success"
        await client.hear("#server-to-user-ann")
        await client.nothing_more()


async def test_a_cache_channel_begins_with_its_last_published_event(here: PusherSite) -> None:
    channel = "private-cache-x"
    async with here.connect() as early, here.connect() as late:
        await early.hear(channel)
        assert await early.next() == {"event": "pusher:cache_miss", "channel": channel}
        for number in (1, 2):
            await here.trigger(channel, "said", {"n": number})
        assert await early.told(2) == [("said", {"n": 1}), ("said", {"n": 2})]
        await early.say("client-x", {"n": 3}, channel=channel)
        await early.nothing_more()
        await late.hear(channel)
        assert await late.told() == [("said", {"n": 2})]
        await here.trigger(channel, "said", {"n": 4})
        assert await late.told() == [("said", {"n": 4})]


async def test_how_many_hear_a_channel_is_told_where_an_app_wants_it(opened: Open) -> None:
    async with opened(COUNTED) as here, here.connect(COUNTED) as one:
        await one.hear("news")
        assert await one.told() == [(COUNT, {"subscription_count": 1})]
        async with here.connect(COUNTED) as other:
            await other.hear("news")
            for client in (one, other):
                assert await client.told() == [(COUNT, {"subscription_count": 2})]
            await other.hear("presence-x", {"user_id": "ann"})
            await other.nothing_more()
        assert await one.told() == [(COUNT, {"subscription_count": 1})]
        await one.nothing_more()


async def test_of_a_crowd_the_number_is_told_seldom(opened: Open) -> None:
    clock = Clock()
    async with opened(COUNTED, clock=clock) as here, here.connect(COUNTED) as one:
        await one.hear("news")
        crowd = [(Crowd(), "news") for _ in range(100)]
        for someone, channel in crowd:
            here.live.joined(channel, someone, None)
        counts = [data["subscription_count"] for _, data in await one.told(100)]
        assert counts == list(range(1, 101))
        await one.nothing_more()
        clock.now += 5
        async with here.connect(COUNTED) as late:
            await late.hear("news")
            for client in (one, late):
                assert await client.told() == [(COUNT, {"subscription_count": 102})]
            for someone, channel in crowd:
                here.live.left(channel, someone)
        while (await one.told())[0][1] != {"subscription_count": 1}:
            pass


class Crowd:
    """A connection of somebody else, who does not listen."""

    def say(self, frame: bytes) -> None:
        """Hear nothing."""
