"""Laravel Echo, as a Laravel application's pages have it, at a server of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from pusher_plugin.clients.own_server import OwnServer, own_server
from pusher_plugin.clients.page import Page

BROADCAST = "Illuminate\\Notifications\\Events\\BroadcastNotificationCreated"


@pytest.fixture
async def here() -> AsyncIterator[OwnServer]:
    async with own_server(client_events=True) as server:
        yield server


@pytest.mark.parametrize("broadcaster", ["pusher", "reverb"])
async def test_it_hears_an_event_of_a_public_channel(
    here: OwnServer, page: Page, broadcaster: str
) -> None:
    echo = await here.echo(page, "ann", broadcaster=broadcaster)
    await echo.listen("channel", "orders", "OrderShipped")
    await echo.told("subscribed", "orders")
    await here.tidings.publish("orders", "App\\Events\\OrderShipped", {"order": 7})
    assert await echo.told("OrderShipped", "orders") == {"order": 7}


@pytest.mark.parametrize("broadcaster", ["pusher", "reverb"])
async def test_it_hears_its_users_notifications(
    here: OwnServer, page: Page, broadcaster: str
) -> None:
    echo = await here.echo(page, "ann", broadcaster=broadcaster)
    await echo.listen("private", "user-ann", ".tidings:notification")
    await echo.told("subscribed", "user-ann")
    await here.push("ann", "Build passed")
    assert (await echo.told(".tidings:notification", "user-ann"))["heading"] == "Build passed"


async def test_it_hears_what_laravel_broadcasts_as_a_notification(
    here: OwnServer, page: Page
) -> None:
    echo, library = await here.echo(page, "ann"), await here.server_sdk(page)
    await echo.listen("private", "App.Models.User.1")
    await echo.told("subscribed", "App.Models.User.1")
    sent = {"id": "5b1f", "type": "App\\Notifications\\InvoicePaid", "amount": 12}
    await library.call("trigger", "private-App.Models.User.1", BROADCAST, sent)
    assert await echo.told("notification", "App.Models.User.1") == sent


async def test_it_is_told_what_its_user_may_not_hear(here: OwnServer, page: Page) -> None:
    echo = await here.echo(page, "ann")
    await echo.listen("private", "user-bob")
    assert (await echo.told("error", "user-bob"))["status"] == 403


async def test_it_knows_who_is_here_who_joins_and_who_leaves(here: OwnServer, page: Page) -> None:
    ann, bob = await here.echo(page, "ann"), await here.echo(page, "bob")
    await ann.listen("join", "room")
    assert await ann.told("here", "room") == [{"name": "Ann"}]
    await bob.listen("join", "room")
    assert named(await bob.told("here", "room")) == {"Ann", "Bob"}
    assert await ann.told("joining", "room") == {"name": "Bob"}
    await bob.do("leave", channel="room")
    assert await ann.told("leaving", "room") == {"name": "Bob"}


@pytest.mark.parametrize("kind", ["private", "join"])
async def test_whispers_reach_the_others(here: OwnServer, page: Page, kind: str) -> None:
    ann, bob = await here.echo(page, "ann"), await here.echo(page, "bob")
    for echo in (ann, bob):
        await echo.listen(kind, "room", whispers=("typing",))
        await echo.told("subscribed", "room")
    await ann.do("whisper", kind=kind, channel="room", name="typing", data={"line": 7})
    assert await bob.told("typing", "room") == {"line": 7}
    assert "typing" not in ann.events("room", "echo")


async def test_it_opens_what_is_sealed(here: OwnServer, page: Page) -> None:
    echo, library = await here.echo(page, "ann"), await here.server_sdk(page)
    await echo.listen("encryptedPrivate", "room", ".said")
    await echo.told("subscribed", "room")
    await library.call("trigger", "private-encrypted-room", "said", {"text": "hush"})
    assert await echo.told(".said", "room") == {"text": "hush"}


async def test_toothers_leaves_out_the_page_that_caused_it(here: OwnServer, page: Page) -> None:
    ann, bob = await here.echo(page, "ann"), await here.echo(page, "bob")
    library = await here.server_sdk(page)
    for echo in (ann, bob):
        await echo.listen("channel", "orders", ".said")
        await echo.told("subscribed", "orders")
    but = {"socket_id": await ann.socket_id()}
    await library.call("trigger", "orders", "said", {"for": "others"}, but)
    await library.call("trigger", "orders", "said", {"for": "all"})
    assert await bob.told(".said", "orders") == {"for": "others"}
    assert await ann.told(".said", "orders") == {"for": "all"}


def named(members: list[dict[str, Any]]) -> set[str]:
    return {member["name"] for member in members}
