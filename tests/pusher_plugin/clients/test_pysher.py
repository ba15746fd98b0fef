"""pysher, the Python client, at a server of one's own."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pysher

from fronts import until
from pusher_plugin.clients.own_server import KEY, SECRET, OwnServer, own_server

WITHIN = 10.0
SUCCEEDED = "pusher_internal:subscription_succeeded"


class Pysher:
    """A client in its threads; what it hears is put where the test can wait for it."""

    def __init__(self, port: int, **options: Any) -> None:
        self.raw = pysher.Pusher(
            KEY, secure=False, custom_host="127.0.0.1", port=port, secret=SECRET, **options
        )
        self._loop = asyncio.get_running_loop()

    def heard(self, channel: str, *events: str) -> asyncio.Queue[tuple[str, Any]]:
        """Subscribe; return the events of these names as they come."""
        queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

        def put(event: str) -> Callable[[str], None]:
            def bound(data: str) -> None:
                self._loop.call_soon_threadsafe(queue.put_nowait, (event, json.loads(data)))

            return bound

        joined = self.raw.subscribe(channel)
        for event in (SUCCEEDED, *events):
            joined.bind(event, put(event))
        return queue

    def end(self) -> None:
        """End it; its own `disconnect` does not wake the thread that reads, and waits for that."""
        connection = self.raw.connection
        connection.disconnect_called = True
        connection.socket.keep_running = False
        connection.socket.sock.sock.shutdown(socket.SHUT_RDWR)
        connection.join(WITHIN)


@asynccontextmanager
async def connected(here: OwnServer, **options: Any) -> AsyncIterator[Pysher]:
    client = Pysher(here.port, **options)
    client.raw.connect()
    try:
        await until(lambda: client.raw.connection.state == "connected", "pysher connected")
        yield client
    finally:
        await asyncio.to_thread(client.end)


async def next_of(queue: asyncio.Queue[tuple[str, Any]]) -> tuple[str, Any]:
    async with asyncio.timeout(WITHIN):
        return await queue.get()


async def test_it_hears_a_public_channel() -> None:
    async with own_server() as here, connected(here) as client:
        heard = client.heard("lobby", "said")
        assert await next_of(heard) == (SUCCEEDED, {})
        await here.tidings.publish("lobby", "said", {"text": "é"})
        assert await next_of(heard) == ("said", {"text": "é"})


async def test_it_hears_its_users_notifications() -> None:
    async with own_server() as here, connected(here) as client:
        heard = client.heard("private-user-ann", "tidings:notification")
        assert await next_of(heard) == (SUCCEEDED, {})
        await here.push("ann", "Build passed")
        assert (await next_of(heard))[1]["heading"] == "Build passed"


async def test_it_is_present_and_told_of_others() -> None:
    ann, bob = ({"user_id": name, "user_info": {"name": name.title()}} for name in ("ann", "bob"))
    async with own_server() as here, connected(here, user_data=ann) as first:
        heard = first.heard("presence-room", "pusher_internal:member_added")
        _, there = await next_of(heard)
        assert there["presence"] == {"ids": ["ann"], "hash": {"ann": {"name": "Ann"}}, "count": 1}
        async with connected(here, user_data=bob) as second:
            _, there = await next_of(second.heard("presence-room"))
            assert set(there["presence"]["ids"]) == {"ann", "bob"}
            assert await next_of(heard) == ("pusher_internal:member_added", bob)


async def test_clients_events_go_to_and_from_it() -> None:
    async with (
        own_server(client_events=True) as here,
        connected(here) as first,
        connected(here) as second,
    ):
        heard = first.heard("private-talk", "client-typing")
        await next_of(heard)
        await next_of(second.heard("private-talk"))
        second.raw.channel("private-talk").trigger("client-typing", {"line": 7})
        assert await next_of(heard) == ("client-typing", {"line": 7})
