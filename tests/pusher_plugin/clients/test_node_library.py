"""Pusher's library for servers in Node, at a server of one's own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from node_process import NodeError
from pusher_plugin.clients.own_server import APP_ID, KEY, SECRET, OwnServer, own_server
from pusher_plugin.clients.page import Page
from tidings_pusher.signing import sign


@pytest.fixture
async def here() -> AsyncIterator[OwnServer]:
    async with own_server(subscription_count=True) as server:
        yield server


async def test_it_triggers_on_several_channels_at_once(here: OwnServer, page: Page) -> None:
    client, library = await here.pusher(page, "ann"), await here.server_sdk(page)
    await client.joined("lobby")
    await client.joined("private-user-ann")
    answer = await library.call("trigger", ["lobby", "private-user-ann"], "said", {"text": "é"})
    assert (answer["status"], answer["body"]) == (200, "{}")
    for channel in ("lobby", "private-user-ann"):
        assert (await client.event("said", channel)).data["text"] == "é"


async def test_text_comes_byte_for_byte(here: OwnServer, page: Page) -> None:
    client, library = await here.pusher(page), await here.server_sdk(page)
    await client.joined("lobby")
    for text in ("hello", "1", " { not json", ""):
        await library.call("trigger", "lobby", "said", text)
    frames = [await client.event("said", "lobby") for _ in range(4)]
    assert [frame.data for frame in frames] == ["hello", 1, " { not json", ""]


async def test_a_batch_comes_in_order(here: OwnServer, page: Page) -> None:
    client, library = await here.pusher(page), await here.server_sdk(page)
    await client.joined("lobby")
    batch = [{"channel": "lobby", "name": "said", "data": {"n": n}} for n in range(10)]
    answer = await library.call("triggerBatch", batch)
    assert answer["status"] == 200
    assert [(await client.event("said", "lobby")).data["n"] for _ in range(10)] == list(range(10))


async def test_it_is_told_who_hears_what(here: OwnServer, page: Page) -> None:
    ann, bob = await here.pusher(page, "ann"), await here.pusher(page, "bob")
    library = await here.server_sdk(page)
    await ann.joined("lobby")
    for client in (ann, bob):
        await client.joined("presence-room")

    async def asked(path: str, **params: str) -> object:
        answer = await library.call("get", {"path": path, "params": params})
        return json.loads(answer["body"])

    assert await asked("/channels") == {"channels": {"lobby": {}, "presence-room": {}}}
    assert await asked("/channels", filter_by_prefix="presence-", info="user_count") == {
        "channels": {"presence-room": {"user_count": 2}}
    }
    assert await asked("/channels/lobby", info="subscription_count") == {
        "occupied": True,
        "subscription_count": 1,
    }
    assert await asked("/channels/nowhere") == {"occupied": False}
    assert await asked("/channels/presence-room/users") == {"users": [{"id": "ann"}, {"id": "bob"}]}


async def test_it_is_told_what_is_wrong(here: OwnServer, page: Page) -> None:
    library = await here.server_sdk(page)
    with pytest.raises(NodeError) as caught:
        await library.call("trigger", "lobby", "said", "x" * 10_241)
    assert caught.value.about["status"] == 413
    with pytest.raises(NodeError) as caught:
        await library.call("get", {"path": "/channels/lobby/users"})
    assert caught.value.about["status"] == 400


async def test_another_secret_is_refused(here: OwnServer, page: Page) -> None:
    stranger = await page.server(
        appId=APP_ID, key=KEY, secret="hush", host="127.0.0.1", port=str(here.port), useTLS=False
    )
    with pytest.raises(NodeError) as caught:
        await stranger.call("trigger", "lobby", "said", {})
    assert caught.value.about["status"] == 401


async def test_it_accepts_a_webhook_that_is_signed_and_no_other(
    here: OwnServer, page: Page
) -> None:
    library = await here.server_sdk(page)
    events = [{"name": "channel_occupied", "channel": "lobby"}]
    body = json.dumps({"time_ms": 1, "events": events})
    signed = {
        "x-pusher-key": KEY,
        "x-pusher-signature": sign(SECRET, body),
        "content-type": "application/json",
    }
    assert await library.webhook(signed, body) == {"valid": True, "events": events}
    assert not (await library.webhook(signed, body + " "))["valid"]
