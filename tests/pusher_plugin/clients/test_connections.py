"""pusher-js as connections begin, are lost, and come back."""

from __future__ import annotations

from pusher_plugin.clients.own_server import KEY, own_server
from pusher_plugin.clients.page import Page
from tidings_memory import MemoryStore

SUBSCRIBED = "pusher:subscription_succeeded"


async def test_a_wrong_key_is_told_and_not_tried_again(page: Page) -> None:
    async with own_server() as here:
        client = await page.pusher("another-key", here.port)
        await client.state("disconnected")
        heard = await client.event("error", source="connection")
        assert heard.data["error"]["data"]["code"] == 4001
        assert client.states() == ["disconnected"]


async def test_a_disabled_app_is_told(page: Page) -> None:
    async with own_server(enabled=False) as here:
        client = await page.pusher(KEY, here.port)
        await client.state("disconnected")
        heard = await client.event("error", source="connection")
        assert heard.data["error"]["data"]["code"] == 4003


async def test_a_connection_that_was_cut_comes_back_with_all_its_channels(page: Page) -> None:
    async with own_server() as here:
        client = await here.pusher(page, "ann")
        channels = ["lobby", "private-user-ann", "presence-room", "private-encrypted-room"]
        for channel in channels:
            await client.joined(channel)
        before = await client.socket_id()
        here.drop()
        for channel in channels:
            await client.event(SUBSCRIBED, channel)
        assert await client.socket_id() != before
        await here.tidings.publish("lobby", "said", {})
        await client.event("said", "lobby")


async def test_clients_come_back_to_a_server_that_was_restarted(page: Page) -> None:
    store = MemoryStore()
    async with own_server(store=store) as here:
        client, port = await here.pusher(page, "ann"), here.port
        await client.signed_in()
        await client.joined("private-user-ann")
    async with own_server(store=store, port=port) as here:
        await client.event(SUBSCRIBED, "private-user-ann")
        await here.push("ann", "Back again")
        heard = await client.event("tidings:notification", "private-user-ann")
        assert heard.data["heading"] == "Back again"
