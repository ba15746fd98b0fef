"""Pusher's library for servers in Python, at a server of one's own, with pusher-js to hear it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pusher
import pytest

from node_process import Line
from pusher_plugin.clients.own_server import APP_ID, KEY, MASTER_KEY, SECRET, OwnServer, own_server
from pusher_plugin.clients.page import Page


@pytest.fixture
async def here() -> AsyncIterator[OwnServer]:
    async with own_server() as server:
        yield server


def server_sdk(port: int) -> Any:
    return pusher.Pusher(
        app_id=APP_ID,
        key=KEY,
        secret=SECRET,
        host="127.0.0.1",
        port=port,
        ssl=False,
        encryption_master_key_base64=MASTER_KEY,
    )


async def test_what_it_triggers_is_heard_in_order(here: OwnServer, page: Page) -> None:
    client, python = await here.pusher(page), server_sdk(here.port)
    await client.joined("lobby")
    await asyncio.to_thread(python.trigger, "lobby", "said", {"n": 0, "text": "é"})
    batch = [{"channel": "lobby", "name": "said", "data": {"n": n}} for n in (1, 2)]
    await asyncio.to_thread(python.trigger_batch, batch)
    heard = [(await client.event("said", "lobby")).data for _ in range(3)]
    assert heard == [{"n": 0, "text": "é"}, {"n": 1}, {"n": 2}]


async def test_what_it_seals_is_opened(here: OwnServer, page: Page) -> None:
    client, python = await here.pusher(page, "ann"), server_sdk(here.port)
    await client.joined("private-encrypted-room")
    await asyncio.to_thread(python.trigger, "private-encrypted-room", "said", {"text": "hush"})
    assert (await client.event("said", "private-encrypted-room")).data == {"text": "hush"}


async def test_it_reaches_a_user_and_ends_their_connections(here: OwnServer, page: Page) -> None:
    client, python = await here.pusher(page, "ann"), server_sdk(here.port)
    await client.signed_in()
    await asyncio.to_thread(python.send_to_user, "ann", "said", {"text": "bye"})
    assert (await client.event("said", source="user")).data == {"text": "bye"}
    await asyncio.to_thread(python.terminate_user_connections, "ann")
    await client.state("disconnected")


async def test_it_is_told_who_is_there(here: OwnServer, page: Page) -> None:
    client, python = await here.pusher(page, "ann"), server_sdk(here.port)
    await client.joined("presence-room")
    users = await asyncio.to_thread(python.users_info, "presence-room")
    assert users == {"users": [{"id": "ann"}]}
    rooms = await asyncio.to_thread(python.channels_info, "presence-", ["user_count"])
    assert rooms == {"channels": {"presence-room": {"user_count": 1}}}


async def test_pages_come_in_with_what_it_signed(here: OwnServer, page: Page) -> None:
    python = server_sdk(here.port)

    async def backend(asked: Line) -> Mapping[str, str]:
        socket_id, channel = asked["socketId"], asked.get("channelName")
        if channel is None:
            return dict(python.authenticate_user(socket_id, {"id": "ann"}))
        member = {"user_id": "ann"} if channel.startswith("presence-") else None
        signed = python.authenticate(channel, socket_id, member)
        return {name: text(value) for name, value in signed.items()}

    client = await page.pusher(KEY, here.port, ask=backend)
    for channel in ("private-talk", "private-encrypted-talk", "presence-room"):
        await client.joined(channel)
    assert (await client.do("members", channel="presence-room"))["myID"] == "ann"
    await client.signed_in()


def text(value: str | bytes) -> str:
    """Return what a page is sent: the library gives keys as bytes, which are no JSON."""
    return value.decode() if isinstance(value, bytes) else value
