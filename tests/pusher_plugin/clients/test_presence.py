"""pusher-js on presence channels: who is there, who comes, who goes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from pusher_plugin.clients.own_server import OwnServer, own_server
from pusher_plugin.clients.page import Page

ROOM = "presence-room"


@pytest.fixture
async def here() -> AsyncIterator[OwnServer]:
    async with own_server() as server:
        yield server


async def test_the_first_one_finds_only_herself(here: OwnServer, page: Page) -> None:
    ann = await here.pusher(page, "ann")
    heard = await ann.joined(ROOM)
    assert heard.data["members"] == {"ann": {"name": "Ann"}}
    assert heard.data["count"] == 1
    assert heard.data["me"] == {"id": "ann", "info": {"name": "Ann"}}


async def test_who_is_there_is_told_who_comes_and_who_goes(here: OwnServer, page: Page) -> None:
    ann, bob = await here.pusher(page, "ann"), await here.pusher(page, "bob")
    await ann.joined(ROOM)
    there = await bob.joined(ROOM)
    assert set(there.data["members"]) == {"ann", "bob"}
    came = await ann.event("pusher:member_added", ROOM)
    assert came.data == {"id": "bob", "info": {"name": "Bob"}}
    await bob.do("disconnect")
    went = await ann.event("pusher:member_removed", ROOM)
    assert went.data == {"id": "bob", "info": {"name": "Bob"}}
    assert (await ann.do("members", channel=ROOM))["count"] == 1
    assert "pusher:member_added" not in bob.events(ROOM)


async def test_two_tabs_of_a_user_are_one_member(here: OwnServer, page: Page) -> None:
    ann, bob = await here.pusher(page, "ann"), await here.pusher(page, "bob")
    tab = await here.pusher(page, "bob")
    await ann.joined(ROOM)
    await bob.joined(ROOM)
    await tab.joined(ROOM)
    assert (await tab.do("members", channel=ROOM))["count"] == 2
    await here.settled(ROOM, 3)
    await bob.do("disconnect")
    await here.settled(ROOM, 2)
    await here.tidings.publish(ROOM, "said", {})
    await ann.event("said", ROOM)
    assert ann.events(ROOM).count("pusher:member_added") == 1
    assert "pusher:member_removed" not in ann.events(ROOM)
    await tab.do("unsubscribe", channel=ROOM)
    assert (await ann.event("pusher:member_removed", ROOM)).data["id"] == "bob"


async def test_who_has_signed_in_is_there_without_being_authorized(
    here: OwnServer, page: Page
) -> None:
    ann = await here.pusher(page, "ann")
    await ann.joined(ROOM)
    bob = await here.pusher(page, "bob")
    await bob.signed_in()
    await bob.joined(ROOM)
    assert (await ann.event("pusher:member_added", ROOM)).data["id"] == "bob"
