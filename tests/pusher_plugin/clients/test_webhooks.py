"""Webhooks of what real clients did, as the libraries for servers check and read them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pusher

from pusher_plugin.clients.own_server import APP_ID, KEY, SECRET, own_server
from pusher_plugin.clients.page import Page
from pusher_plugin.clients.pusher_js import NodeServer
from tidings import Tidings, hookimpl

ROOM = "presence-room"
WITHIN = 10.0


class Backend:
    """A plugin whose application takes webhooks; they wait to be looked at."""

    name = "backend"

    def __init__(self) -> None:
        self._posts: asyncio.Queue[tuple[Mapping[str, str], str]] = asyncio.Queue()
        self._python = pusher.Pusher(app_id=APP_ID, key=KEY, secret=SECRET)

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        yield

    def serves(self, path: str) -> bool:
        return path == "/hook"

    async def http(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        self._posts.put_nowait((headers, body.decode()))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def events(self, node: NodeServer, count: int) -> list[Mapping[str, Any]]:
        """Wait for so many events; return them if both libraries read the same in each POST."""
        events: list[Mapping[str, Any]] = []
        async with asyncio.timeout(WITHIN):
            while len(events) < count:
                headers, body = await self._posts.get()
                read = await node.webhook(headers, body)
                key, signature = headers["x-pusher-key"], headers["x-pusher-signature"]
                told = self._python.validate_webhook(key, signature, body)
                assert read == {"valid": True, "events": told["events"]}
                forged = await node.webhook(headers, body.replace(ROOM, "presence-moor") + " ")
                assert not forged["valid"]
                events += read["events"]
        return events


async def test_both_libraries_accept_and_read_what_is_told(page: Page) -> None:
    backend = Backend()
    async with own_server(backend) as there:
        hook = {"url": f"http://127.0.0.1:{there.port}/hook"}
        async with own_server(client_events=True, webhooks=[hook]) as here:
            node = await here.server_sdk(page)
            ann = await here.pusher(page, "ann")
            await ann.joined(ROOM)
            await ann.trigger(ROOM, "client-typing", {"line": 7})
            come = await backend.events(node, 3)
            socket_id = await ann.socket_id()
            await ann.joined("cache-price")
            missed = await backend.events(node, 2)
            await ann.do("disconnect")
            await here.settled(ROOM, 0)
        gone = await backend.events(node, 3)
    assert come == [
        {"name": "channel_occupied", "channel": ROOM},
        {"name": "member_added", "channel": ROOM, "user_id": "ann"},
        {
            "name": "client_event",
            "channel": ROOM,
            "event": "client-typing",
            "data": '{"line":7}',
            "socket_id": socket_id,
            "user_id": "ann",
        },
    ]
    assert missed == [
        {"name": "channel_occupied", "channel": "cache-price"},
        {"name": "cache_miss", "channel": "cache-price"},
    ]
    assert sorted(gone, key=lambda event: (event["name"], event["channel"])) == [
        {"name": "channel_vacated", "channel": "cache-price"},
        {"name": "channel_vacated", "channel": ROOM},
        {"name": "member_removed", "channel": ROOM, "user_id": "ann"},
    ]
