"""Events that pages send each other, with pusher-js."""

from __future__ import annotations

import pytest

from node_process import NodeError
from pusher_plugin.clients.own_server import own_server
from pusher_plugin.clients.page import Page
from pusher_plugin.clients.pusher_js import PusherJs

ROOM, TALK = "presence-room", "private-talk"
TYPING = "client-typing"


async def refused(client: PusherJs) -> str:
    """Wait until the server refuses something; return its words."""
    heard = await client.event("error", source="connection")
    assert heard.data["data"]["code"] == 4301
    return str(heard.data["data"]["message"])


async def test_the_others_hear_it_and_the_sender_does_not(page: Page) -> None:
    async with own_server(client_events=True) as here:
        ann, bob = await here.pusher(page, "ann"), await here.pusher(page, "bob")
        await ann.joined(TALK, TYPING)
        await bob.joined(TALK, TYPING)
        assert await ann.trigger(TALK, TYPING, {"line": 7})
        heard = await bob.event(TYPING, TALK)
        assert heard.data == {"line": 7}
        await here.tidings.publish(TALK, "said", {})
        await ann.event("said", TALK)
        assert TYPING not in ann.events(TALK)


async def test_on_a_presence_channel_it_says_who_sent_it(page: Page) -> None:
    async with own_server(client_events=True) as here:
        ann, bob = await here.pusher(page, "ann"), await here.pusher(page, "bob")
        await ann.joined(ROOM, TYPING)
        await bob.joined(ROOM, TYPING)
        await ann.trigger(ROOM, TYPING, {"user_id": "carl"})
        heard = await bob.event(TYPING, ROOM)
        assert heard.metadata == {"user_id": "ann"}


async def test_an_app_that_has_none_refuses_them(page: Page) -> None:
    async with own_server() as here:
        ann = await here.pusher(page, "ann")
        await ann.joined(TALK)
        await ann.trigger(TALK, TYPING, {})
        assert "does not allow" in await refused(ann)


async def test_on_a_public_channel_it_is_refused(page: Page) -> None:
    async with own_server(client_events=True) as here:
        ann = await here.pusher(page, "ann")
        await ann.joined("lobby")
        await ann.trigger("lobby", TYPING, {})
        assert "only private and presence" in await refused(ann)


async def test_one_too_many_in_a_second_is_refused(page: Page) -> None:
    async with own_server(client_events=True, client_events_per_second=2) as here:
        ann, bob = await here.pusher(page, "ann"), await here.pusher(page, "bob")
        await ann.joined(TALK)
        await bob.joined(TALK)
        for line in range(3):
            await ann.trigger(TALK, TYPING, {"line": line})
        assert "at most 2" in await refused(ann)
        await here.tidings.publish(TALK, "said", {})
        await bob.event("said", TALK)
        assert bob.events(TALK).count(TYPING) == 2


async def test_on_an_encrypted_channel_the_client_sends_none(page: Page) -> None:
    async with own_server(client_events=True) as here:
        ann = await here.pusher(page, "ann")
        await ann.joined("private-encrypted-talk")
        with pytest.raises(NodeError, match="not currently supported for encrypted"):
            await ann.trigger("private-encrypted-talk", TYPING, {})
