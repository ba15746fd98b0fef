"""A small server that speaks Pusher's documented frames, and checks each signature."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tidings.names import is_public
from tidings_pusher import PusherTransport
from tidings_pusher.signing import channel_text, is_signed

APP_ID, KEY, SECRET = "3", "278d425bdf160c739803", "7ad3773142a6692b25b8"


class HostedSocket:
    """Who is connected, and what they asked for.

    Attributes:
        welcomed: the socket ids of all connections there were.
        joined: (socket id, channel) of each subscription, in order.
        left: channels that were unsubscribed from.
        refuses: a code to refuse each connection with.
        port: where it listens.
    """

    def __init__(self) -> None:
        self.welcomed: list[str] = []
        self.joined: list[tuple[str, str]] = []
        self.left: list[str] = []
        self.refuses: int | None = None
        self._change = asyncio.Condition()
        self.port = 0
        self._open: dict[ServerConnection, str] = {}
        self._on: dict[str, set[ServerConnection]] = {}

    def transport(self, *, secret: str | None = SECRET, **settings: Any) -> PusherTransport:
        """Make a transport to it."""
        return PusherTransport(
            app_id=APP_ID,
            key=KEY,
            secret=secret,
            host="127.0.0.1",
            port=self.port,
            ssl=False,
            **settings,
        )

    def runs_at(self, server: Server) -> None:
        self.port = next(iter(server.sockets)).getsockname()[1]

    async def was_joined(self, channel: str, times: int) -> None:
        """Wait until this channel was subscribed to so often."""
        async with self._change:
            await self._change.wait_for(
                lambda: [name for _, name in self.joined].count(channel) >= times
            )

    async def send(self, channel: str, event: str, data: str) -> None:
        """Publish on a channel."""
        for connection in self._on.get(channel, ()):
            await _say(connection, event, data, channel=channel)

    def drop(self) -> None:
        """Cut all connections as a network does."""
        for connection in self._open:
            connection.transport.abort()

    async def serve(self, connection: ServerConnection) -> None:
        """Speak with one client."""
        if self.refuses is not None:
            await _say(connection, "pusher:error", {"code": self.refuses, "message": "no"})
            return await connection.close(self.refuses)
        socket_id = f"{len(self.welcomed) + 1}.{len(self.welcomed) + 7}"
        self.welcomed.append(socket_id)
        self._open[connection] = socket_id
        welcome = json.dumps({"socket_id": socket_id, "activity_timeout": 120})
        try:
            await _say(connection, "pusher:connection_established", welcome)
            async for text in connection:
                await self._take(connection, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            del self._open[connection]
            for channel in self._on.values():
                channel.discard(connection)
        return None

    async def _take(self, connection: ServerConnection, frame: dict[str, Any]) -> None:
        data = frame["data"]
        match frame["event"]:
            case "pusher:ping":
                await _say(connection, "pusher:pong", "{}")
            case "pusher:subscribe":
                await self._join(connection, data)
            case "pusher:unsubscribe":
                self.left.append(data["channel"])
                self._on[data["channel"]].discard(connection)

    async def _join(self, connection: ServerConnection, data: dict[str, str]) -> None:
        socket_id, channel = self._open[connection], data["channel"]
        signed = channel_text(socket_id, channel, data.get("channel_data"))
        key, _, signature = data["auth"].partition(":")
        if not is_public(channel) and not (key == KEY and is_signed(SECRET, signed, signature)):
            words = f"Invalid signature: Expected HMAC SHA256 hex digest of {signed}, but got {key}"
            return await _say(connection, "pusher:error", {"code": None, "message": words})
        self.joined.append((socket_id, channel))
        self._on.setdefault(channel, set()).add(connection)
        async with self._change:
            self._change.notify_all()
        succeeded = "pusher_internal:subscription_succeeded"
        return await _say(connection, succeeded, "{}", channel=channel)


@asynccontextmanager
async def hosted_socket() -> AsyncIterator[HostedSocket]:
    """Run one, until exit."""
    hosted = HostedSocket()
    async with serve(hosted.serve, "127.0.0.1", 0) as server:
        hosted.runs_at(server)
        yield hosted


async def _say(connection: ServerConnection, event: str, data: object, **more: str) -> None:
    await connection.send(json.dumps({"event": event, "data": data, **more}))
