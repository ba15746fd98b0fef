"""Moving off Pusher's service without a pause: both at once, and pages that change sides."""

from __future__ import annotations

import asyncio
from functools import partial

from pusher_plugin.clients.own_server import KEY, OwnServer
from pusher_plugin.clients.own_server import own_server as application
from pusher_plugin.clients.page import Page
from pusher_plugin.clients.pusher_js import PusherJs
from pusher_plugin.own_server import own_server as hosted_service
from pusher_plugin.own_server import transport_to

NOTIFICATION = "tidings:notification"
USERS = ("ann", "bob", "cai")
PUSHED = 30


def shown(*sides: PusherJs) -> list[str]:
    """Return what a page shows that was on these sides: each id once, in the order of the log."""
    told: dict[str, tuple[int, str]] = {}
    for each in (each for side in sides for each in side.heard):
        if each.event == NOTIFICATION and each.source in ("channel", "user"):
            about = each.data["_tidings"]
            assert about["id"] not in told or told[about["id"]][0] == about["offset"]
            told[about["id"]] = about["offset"], each.data["heading"]
    return [heading for _, heading in sorted(told.values())]


def _all_shown(*sides: PusherJs) -> bool:
    return len(shown(*sides)) == PUSHED


async def on_hosted(page: Page, here: OwnServer, port: int, user: str) -> PusherJs:
    """Let a user's page come to the hosted service; its backend signs for both sides."""
    client = await page.pusher(KEY, port, **here._endpoints(user))
    await client.state("connected")
    await client.joined(f"private-user-{user}")
    return client


async def on_own(page: Page, here: OwnServer, user: str) -> PusherJs:
    """Let it come to the server of one's own, where it signs in."""
    client = await here.pusher(page, user)
    await client.signed_in()
    return client


async def test_clients_on_either_side_see_each_notification_once(page: Page) -> None:
    async with hosted_service() as hosted, application(transport_to(hosted)) as here:
        there = await on_hosted(page, here, hosted.port, "ann")
        own = await here.pusher(page, "ann")
        await own.joined("private-user-ann")
        for heading in ("one", "two"):
            await here.push("ann", heading)
        for client in (there, own):
            for _ in range(2):
                await client.event(NOTIFICATION)
            assert client.events("private-user-ann").count(NOTIFICATION) == 2
            assert shown(client) == ["one", "two"]


async def test_who_moves_while_it_is_being_pushed_misses_nothing(page: Page) -> None:
    async with hosted_service() as hosted, application(transport_to(hosted)) as here:
        sides = {user: [await on_hosted(page, here, hosted.port, user)] for user in USERS}

        async def push_all() -> None:
            for number in range(PUSHED):
                await asyncio.gather(*(here.push(user, f"{number}") for user in USERS))
                await asyncio.sleep(0.01)  # a page does not move within one turn of the loop

        async def move(user: str) -> None:
            (before,) = sides[user]
            await before.event(NOTIFICATION)
            sides[user].append(await on_own(page, here, user))
            await before.do("disconnect")

        pushing = asyncio.create_task(push_all())
        for user in USERS:
            await move(user)
        await pushing
        for user in USERS:
            expected = [f"{number}" for number in range(PUSHED)]
            await page.once(partial(_all_shown, *sides[user]), "all of them")
            assert shown(*sides[user]) == expected


async def test_what_a_server_library_triggers_here_reaches_those_who_stayed(page: Page) -> None:
    async with hosted_service() as hosted, application(transport_to(hosted)) as here:
        there = await page.pusher(KEY, hosted.port)
        await there.joined("news")
        library = await here.server_sdk(page)
        await library.call("trigger", "news", "said", {"text": "hello"})
        assert (await there.event("said", "news")).data == {"text": "hello"}
