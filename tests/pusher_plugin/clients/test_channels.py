"""pusher-js on channels of each kind, at a server of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from node_process import Line
from pusher_plugin.clients.own_server import KEY, SECRET, OwnServer, own_server
from pusher_plugin.clients.page import Build, Page
from tidings import Grant, Identity
from tidings_pusher import PusherAccess


@pytest.fixture
async def here() -> AsyncIterator[OwnServer]:
    async with own_server(client_events=True, subscription_count=True) as server:
        yield server


@pytest.mark.parametrize("build", ["node", "worker", "worker-with-encryption"])
async def test_a_public_channel_is_heard_by_every_build(
    here: OwnServer, page: Page, build: Build
) -> None:
    client = await here.pusher(page, build=build)
    await client.joined("lobby")
    await here.tidings.publish("lobby", "said", {"text": "é"})
    assert (await client.event("said", "lobby")).data == {"text": "é"}


async def test_a_channel_that_was_left_is_heard_no_more(here: OwnServer, page: Page) -> None:
    client = await here.pusher(page)
    await client.joined("lobby")
    await client.joined("hall")
    await client.do("unsubscribe", channel="lobby")
    await here.settled("lobby", 0)
    await here.tidings.publish("lobby", "said", {"text": "hi"})
    await here.tidings.publish("hall", "said", {"text": "hi"})
    await client.event("said", "hall")
    assert "said" not in client.events("lobby")


@pytest.mark.parametrize("build", ["node", "worker"])
async def test_a_private_channel_is_heard_once_the_page_is_authorized(
    here: OwnServer, page: Page, build: Build
) -> None:
    client = await here.pusher(page, "ann", build=build)
    await client.joined("private-user-ann")
    await here.push("ann", "Build passed")
    heard = (await client.event("tidings:notification", "private-user-ann")).data
    assert heard["heading"] == "Build passed"
    assert heard["_tidings"]["offset"] == 1


@pytest.mark.parametrize("build", ["node", "worker"])
async def test_a_page_is_told_what_it_may_not_hear(
    here: OwnServer, page: Page, build: Build
) -> None:
    client = await here.pusher(page, "ann", build=build)
    await client.subscribe("private-user-bob")
    heard = await client.event("pusher:subscription_error", "private-user-bob")
    assert (heard.data["type"], heard.data["status"]) == ("AuthError", 403)


async def test_a_signature_for_another_connection_is_refused(here: OwnServer, page: Page) -> None:
    access = PusherAccess(KEY, SECRET)

    async def replaying(asked: Line) -> Mapping[str, str]:
        return access.sign_channel(Grant(), Identity("ann"), "1.2", asked["channelName"])

    client = await page.pusher(KEY, here.port, ask=replaying)
    await client.subscribe("private-user-ann")
    heard = await client.event("pusher:subscription_error", "private-user-ann")
    assert heard.data["status"] == 401
    assert client.states()[-1] == "connected"


@pytest.mark.parametrize("build", ["node", "worker-with-encryption"])
async def test_sealed_events_are_carried_unopened(
    here: OwnServer, page: Page, build: Build
) -> None:
    client, library = await here.pusher(page, "ann", build=build), await here.server_sdk(page)
    await client.joined("private-encrypted-room")
    sent = await library.call("trigger", "private-encrypted-room", "said", {"text": "hush"})
    assert sent["status"] == 200
    assert (await client.event("said", "private-encrypted-room")).data == {"text": "hush"}
    frame = next(each for each in client.heard if each.event == "said")
    assert set(frame.data) == {"nonce", "ciphertext"}


async def test_a_cache_channel_begins_with_its_latest_event(here: OwnServer, page: Page) -> None:
    library = await here.server_sdk(page)
    early = await here.pusher(page)
    await early.joined("cache-price")
    await early.event("pusher:cache_miss", "cache-price")
    for price in (7, 8):
        await library.call("trigger", "cache-price", "is", {"price": price})
    late = await here.pusher(page)
    await late.joined("cache-price")
    assert (await late.event("is", "cache-price")).data == {"price": 8}
    assert "pusher:cache_miss" not in late.events("cache-price")


async def test_all_are_told_how_many_hear_a_channel(here: OwnServer, page: Page) -> None:
    first = await here.pusher(page)
    await first.joined("lobby")
    second = await here.pusher(page)
    await second.joined("lobby")
    await second.do("disconnect")
    counts = [
        (await first.event("pusher:subscription_count", "lobby")).data["subscription_count"]
        for _ in range(3)
    ]
    assert counts == [1, 2, 1]
