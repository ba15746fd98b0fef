"""What is pending comes to who signs in with pusher-js, unmodified, at every connection."""

from __future__ import annotations

from pusher_plugin.clients.own_server import own_server
from pusher_plugin.clients.page import Page
from pusher_plugin.clients.pusher_js import PusherJs

NOTIFICATION = "tidings:notification"


def headings(client: PusherJs) -> list[str]:
    """Return what a user's page was told, in order."""
    told = (each for each in client.heard if (each.source, each.event) == ("user", NOTIFICATION))
    return [each.data["heading"] for each in told]


async def told(client: PusherJs, times: int) -> list[str]:
    for _ in range(times):
        await client.event(NOTIFICATION, source="user")
    return headings(client)


async def test_what_came_while_nobody_was_there_is_first_and_in_order(page: Page) -> None:
    async with own_server() as here:
        for heading in ("one", "two", "three"):
            await here.push("ann", heading)
        await here.push("bob", "not hers")
        ann = await here.pusher(page, "ann")
        await ann.signed_in()
        await here.push("ann", "live")
        assert await told(ann, 4) == ["one", "two", "three", "live"]


async def test_a_page_can_tell_what_it_has_shown_before(page: Page) -> None:
    async with own_server() as here:
        ann = await here.pusher(page, "ann")
        await ann.signed_in()
        await here.push("ann", "one")
        first = (await ann.event(NOTIFICATION, source="user")).data["_tidings"]
        here.drop()
        again = (await ann.event(NOTIFICATION, source="user")).data["_tidings"]
        assert (again["id"], again["offset"]) == (first["id"], first["offset"])


async def test_what_came_while_a_connection_was_lost_comes_once_it_is_back(page: Page) -> None:
    async with own_server() as here:
        ann = await here.pusher(page, "ann")
        await ann.signed_in()
        await ann.do("disconnect")
        await ann.state("disconnected")
        await here.push("ann", "one")
        await here.push("ann", "two")
        await ann.do("reconnect")
        assert await told(ann, 2) == ["one", "two"]


async def test_only_the_newest_are_sent_and_only_what_is_pending(page: Page) -> None:
    async with own_server(pending=2) as here:
        for heading in ("one", "two", "three", "four"):
            await here.push("ann", heading)
        inbox = here.tidings.inbox("ann")
        newest = (await inbox.page()).entries[0]
        await inbox.open(newest.id)
        ann = await here.pusher(page, "ann")
        await ann.signed_in()
        assert await told(ann, 2) == ["two", "three"]
