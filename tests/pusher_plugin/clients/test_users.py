"""Users who sign in with pusher-js: what is sent to them, whom they watch, how they are ended."""

from __future__ import annotations

from pusher_plugin.clients.own_server import own_server
from pusher_plugin.clients.page import Page


async def test_what_is_sent_to_a_user_comes_to_all_their_tabs(page: Page) -> None:
    async with own_server() as here:
        tabs = [await here.pusher(page, "ann") for _ in range(2)]
        bob, library = await here.pusher(page, "bob"), await here.server_sdk(page)
        for client in (*tabs, bob):
            await client.signed_in()
        await library.call("sendToUser", "ann", "said", {"text": "hi"})
        for client in tabs:
            assert (await client.event("said", source="user")).data == {"text": "hi"}
        await library.call("sendToUser", "bob", "bye", {})
        await bob.event("bye", source="user")
        assert not [each for each in bob.heard if each.event == "said"]


async def test_a_notification_comes_to_who_has_signed_in(page: Page) -> None:
    async with own_server() as here:
        ann = await here.pusher(page, "ann")
        await ann.signed_in()
        await here.push("ann", "Build passed")
        heard = await ann.event("tidings:notification", source="user")
        assert heard.data["heading"] == "Build passed"


async def test_who_is_nobody_is_not_signed_in(page: Page) -> None:
    async with own_server() as here:
        client = await here.pusher(page)
        await client.do("signin")
        heard = await client.event("pusher:signin_error", source="user")
        assert heard.data["status"] in (401, 403)


async def test_who_watches_others_is_told_when_they_come_and_go(page: Page) -> None:
    async with own_server(watchlist=["bob", "carl"]) as here:
        bob = await here.pusher(page, "bob")
        await bob.signed_in()
        ann = await here.pusher(page, "ann")
        await ann.signed_in()
        there = await ann.event("online", source="watchlist")
        assert there.data["user_ids"] == ["bob"]
        away = await ann.event("offline", source="watchlist")
        assert away.data["user_ids"] == ["carl"]
        tab = await here.pusher(page, "bob")
        await tab.signed_in()
        await tab.do("disconnect")
        await bob.do("disconnect")
        gone = await ann.event("offline", source="watchlist")
        assert gone.data["user_ids"] == ["bob"]
        assert [each.event for each in ann.heard if each.source == "watchlist"] == [
            "online",
            "offline",
            "offline",
        ]


async def test_terminated_connections_do_not_come_back(page: Page) -> None:
    async with own_server() as here:
        tabs = [await here.pusher(page, "ann") for _ in range(2)]
        bob, library = await here.pusher(page, "bob"), await here.server_sdk(page)
        for client in (*tabs, bob):
            await client.signed_in()
        answer = await library.call("terminateUserConnections", "ann")
        assert answer["status"] == 200
        for client in tabs:
            await client.state("disconnected")
            assert "connecting" not in client.states()[2:]
        assert bob.states()[-1] == "connected"
