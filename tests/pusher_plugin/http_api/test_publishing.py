"""Events that an application's backend publishes, by Pusher's own library, and who hears them."""

from __future__ import annotations

import json

import pytest

from pusher_plugin.http_api.own_server import BLOG, SHOP, OwnServer, own_server
from tidings_pusher import App

COUNTING = SHOP.model_copy(update={"subscription_count": True})


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "1",
        "",
        " 1",
        '{"a":  1.0, "b":[ ]}',
        '{"a":1,"a":2}',
        '"quoted"',
        "Grüße \u2028 \x00 \U0001f600",
        "{",
        "null",
    ],
)
async def test_what_is_published_is_heard_byte_for_byte(server: OwnServer, text: str) -> None:
    async with server.listener("news") as ann:
        assert await server.server_sdk("trigger", "news", "said", text) == {}
        assert await ann.next() == {"event": "said", "channel": "news", "data": text}


async def test_objects_are_heard_as_the_library_spells_them(server: OwnServer) -> None:
    async with server.listener("news") as ann:
        await server.server_sdk("trigger", "news", "said", {"message": "Grüße"})
        assert (await ann.next())["data"] == '{"message": "Grüße"}'


async def test_one_event_goes_to_several_channels_to_each_once(server: OwnServer) -> None:
    async with server.listener("a", "private-b") as ann:
        await server.server_sdk("trigger", ["a", "private-b", "a", "c"], "said", "x")
        assert [(await ann.next())["channel"] for _ in range(2)] == ["a", "private-b"]
        await ann.nothing_more()


async def test_the_sender_is_left_out(server: OwnServer) -> None:
    async with server.listener("news") as ann, server.listener("news") as bob:
        await server.server_sdk("trigger", "news", "said", "x", bob.socket_id)
        assert (await ann.next())["data"] == "x"
        await bob.nothing_more()


async def test_a_batch_is_heard_in_order(server: OwnServer) -> None:
    batch = [{"channel": "news", "name": "said", "data": str(n)} for n in range(10)]
    async with server.listener("news") as ann:
        assert await server.server_sdk("trigger_batch", batch) == {}
        assert [(await ann.next())["data"] for _ in range(10)] == [str(n) for n in range(10)]


async def test_a_user_is_sent_something_wherever_signed_in(server: OwnServer) -> None:
    async with server.listener() as ann, server.listener() as bob:
        await ann.sign_in("ann")
        await bob.sign_in("bob")
        await server.server_sdk("send_to_user", "ann", "said", "x")
        heard = await ann.next()
        assert heard == {"event": "said", "channel": "#server-to-user-ann", "data": "x"}
        await bob.nothing_more()


async def test_sealed_data_goes_through_as_it_is(server: OwnServer) -> None:
    sealed = '{"nonce":"AAAA", "ciphertext":"BBBB"}'
    async with server.listener("private-encrypted-x") as ann:
        await server.trigger({"name": "said", "channel": "private-encrypted-x", "data": sealed})
        assert (await ann.next())["data"] == sealed


async def test_an_encrypted_channel_is_published_to_alone(server: OwnServer) -> None:
    body = {"name": "said", "channels": ["private-encrypted-x", "y"], "data": "{}"}
    answer = await server.trigger(body)
    assert answer.status_code == 400
    assert "alone" in answer.json()["error"]


async def test_apps_do_not_hear_each_other(server: OwnServer) -> None:
    async with server.listener("news") as ann, server.listener("news", app=BLOG) as bob:
        await server.server_sdk("trigger", "news", "said", "shop")
        await server.server_sdk("trigger", "news", "said", "blog", app=BLOG)
        assert (await ann.next())["data"] == "shop"
        assert (await bob.next())["data"] == "blog"
        await ann.nothing_more()
        await bob.nothing_more()


@pytest.mark.parametrize("channel", ["blog;news", "private-blog;x", "#server-to-user-blog;ann"])
async def test_an_app_cannot_name_what_is_anothers(server: OwnServer, channel: str) -> None:
    answer = await server.trigger({"name": "said", "channel": channel, "data": "x"})
    assert answer.status_code == 400
    assert "another app's" in answer.json()["error"]


async def test_the_last_event_of_a_cache_channel_is_kept(server: OwnServer) -> None:
    await server.server_sdk("trigger", "cache-news", "said", "1")
    await server.server_sdk("trigger", "cache-news", "said", "2 ")
    async with server.listener("cache-news") as ann:
        assert await ann.next() == {"event": "said", "channel": "cache-news", "data": "2 "}


async def test_the_counts_of_each_channel_are_told_where_they_apply() -> None:
    async with own_server(COUNTING) as server, server.listener() as ann, server.listener() as bob:
        await ann.hear("presence-x", "ann")
        await bob.hear("presence-x", "ann")
        channels = ["news", "presence-x"]
        info = "user_count,subscription_count"
        body = {"name": "said", "channels": channels, "data": "x", "info": info}
        answer = (await server.trigger(body)).json()
        assert answer == {
            "channels": {"news": {"subscription_count": 0}, "presence-x": {"user_count": 1}}
        }


async def test_the_counts_of_a_batch_come_in_its_order() -> None:
    event = {"name": "said", "data": "x"}
    async with own_server(COUNTING) as server, server.listener() as ann:
        await ann.hear("presence-x", "ann")
        batch = [
            {**event, "channel": "presence-x", "info": "user_count"},
            {**event, "channel": "presence-x"},
            {**event, "channel": "y", "info": "subscription_count"},
        ]
        answer = await server.post("/apps/3/batch_events", {"batch": batch})
        assert answer.json() == {"batch": [{"user_count": 1}, {}, {"subscription_count": 0}]}


async def test_subscriptions_are_not_counted_unless_the_app_wants_that(server: OwnServer) -> None:
    body = {"name": "said", "channel": "x", "data": "x", "info": "subscription_count"}
    assert (await server.trigger(body)).status_code == 400


async def test_what_is_published_on_a_users_channel_is_in_its_log(server: OwnServer) -> None:
    await server.server_sdk("send_to_user", "ann", "said", "hello")
    page = await server.there(server.tidings.inbox("ann").page())
    assert page.position.offset == 1


async def test_the_limit_is_of_bytes_and_the_apps_own() -> None:
    small = App(**{**SHOP.model_dump(), "event_bytes": 20})
    body = {"name": "said", "channel": "x", "data": "é" * 10}
    async with own_server(small) as server:
        assert (await server.trigger(body)).status_code == 200
        answer = await server.trigger({**body, "data": "é" * 10 + "x"})
        assert answer.status_code == 413
        assert "20 bytes" in answer.json()["error"]


async def test_the_largest_batch_is_taken_however_it_is_spelt(server: OwnServer) -> None:
    text = "\x01" * SHOP.event_bytes
    batch = [{"channel": "c" * 164, "name": "n" * 200, "data": text} for _ in range(10)]
    body = json.dumps({"batch": batch}).encode()
    assert len(body) > 6 * 10 * SHOP.event_bytes
    async with server.listener("c" * 164) as ann:
        assert (await server.post("/apps/3/batch_events", body)).status_code == 200
        assert all([(await ann.next())["data"] == text for _ in range(10)])


async def test_nothing_of_a_batch_is_published_where_one_event_cannot_be(
    server: OwnServer,
) -> None:
    good = {"name": "said", "channel": "cache-news", "data": "x"}
    async with server.listener("news") as ann:
        for bad in ({**good, "name": "pusher:x"}, {**good, "data": "x" * 10_241}, {}):
            answer = await server.post("/apps/3/batch_events", {"batch": [good, bad]})
            assert answer.status_code in {400, 413}
        await ann.nothing_more()
    assert (await server.get("/apps/3/channels/cache-news", info="cache")).json()["cache"] is None
