"""A server of Pusher apps in the test's own loop, and clients that speak the protocol by hand."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import pytest
from pusher.pusher_client import PusherClient
from websockets.asyncio.client import ClientConnection

from fronts import WITHIN, Client, Shell, Site, site, until
from pusher_plugin.server.signing_by_hand import SHOP, to_hear, to_sign_in
from tidings import Notification
from tidings_pusher import App, PusherServer
from tidings_pusher.server.live_app import LiveApp

Frame = dict[str, Any]
Open = Callable[..., AbstractAsyncContextManager["PusherSite"]]
ONE_SHELL = pytest.mark.parametrize("shell", ["fast"])
"""For tables of what both of the front's ways in only hand on."""

SUCCEEDED = "pusher_internal:subscription_succeeded"


class Hand(Client):
    """A client of one app.

    Attributes:
        socket_id: as the server says.
        recovers: whether the server said that it can.
    """

    def __init__(self, raw: ClientConnection, app: App) -> None:
        super().__init__(raw)
        self.app = app
        self.socket_id = ""
        self.recovers = False

    async def greeted(self) -> None:
        """Take the greeting."""
        first = await self.next()
        assert first["event"] == "pusher:connection_established", first
        data = json.loads(first["data"])
        assert data["activity_timeout"] == self.app.activity_timeout
        self.socket_id, self.recovers = data["socket_id"], data.get("recovery", False)

    async def say(self, event: str, data: object = None, **more: object) -> None:
        """Send a message."""
        await self.raw.send(json.dumps({"event": event, "data": data, **more}))

    async def asks_to_hear(self, channel: str, member: object = None, **more: object) -> None:
        """Subscribe, signed as is due, and wait for nothing."""
        data = to_hear(self.app, self.socket_id, channel, member)
        await self.say("pusher:subscribe", {**data, **more})

    async def hear(self, channel: str, member: object = None, **more: object) -> Frame:
        """Subscribe; return the data by which that succeeded."""
        await self.asks_to_hear(channel, member, **more)
        return await self.succeeded(channel)

    async def succeeded(self, channel: str) -> Frame:
        """Take the next frame, by which a subscription succeeded; return its data."""
        frame = await self.next()
        assert (frame["event"], frame["channel"]) == (SUCCEEDED, channel), frame
        return cast("Frame", json.loads(frame["data"]))

    async def not_let_in(self, channel: str) -> str:
        """Take the next two frames, by which a subscription was refused; return why."""
        frame, again = await self.take(2)
        assert (frame["event"], frame["channel"]) == ("pusher:subscription_error", channel), frame
        assert again["event"] == "pusher:error"
        return cast("str", frame["data"]["error"])

    async def sign_in(self, user: str, **about: object) -> None:
        """Sign in, signed as is due."""
        data = to_sign_in(self.app, self.socket_id, {"id": user, **about})
        await self.say("pusher:signin", data)
        frame = await self.next()
        told = {"user_data": data["user_data"]}
        assert frame == {"event": "pusher:signin_success", "data": told}

    async def own(self, user: str, **more: object) -> Frame:
        """Sign in, and subscribe to what is this user's; return what `hear` does."""
        await self.sign_in(user)
        return await self.hear(f"#server-to-user-{user}", **more)

    async def leave(self, channel: str) -> None:
        """Unsubscribe; nothing answers that."""
        await self.say("pusher:unsubscribe", {"channel": channel})

    async def error(self) -> tuple[str, int | None]:
        """Take the next frame, an error; return its words and its code."""
        frame = await self.next()
        assert frame["event"] == "pusher:error", frame
        return frame["data"]["message"], frame["data"]["code"]

    async def told(self, count: int = 1) -> list[tuple[str, Any]]:
        """Return the names of the next events and what their data says."""
        return [(frame["event"], json.loads(frame["data"])) for frame in await self.take(count)]

    async def headings(self, count: int) -> list[str]:
        """Return what the next notifications are called."""
        told = await self.told(count)
        assert {name for name, _ in told} == {"tidings:notification"}, told
        return [data["heading"] for _, data in told]

    async def nothing_more(self) -> None:
        """Make sure that all that was sent before now is done, and that nothing came of it."""
        await self.say("pusher:ping", {})
        frame = await self.next()
        assert frame == {"event": "pusher:pong", "data": "{}"}, frame


class PusherSite:
    """An application with a front and a Pusher server.

    Attributes:
        site: the application and its front.
        server: the plugin.
    """

    def __init__(self, site: Site, server: PusherServer) -> None:
        self.site = site
        self.server = server
        self.tidings = site.tidings

    @property
    def live(self) -> LiveApp:
        """The first app, as it is served."""
        return self.server.live[0]

    @asynccontextmanager
    async def raw(
        self, path: str, query: Mapping[str, str] | None = None, **options: Any
    ) -> AsyncIterator[Client]:
        """Connect in any way."""
        connecting = self.site.connect(path=path, query=query, greeted=False, **options)
        async with connecting as client:
            yield client

    @asynccontextmanager
    async def connect(
        self, app: App = SHOP, *, prefix: str = "", recovery: bool = False, **query: str
    ) -> AsyncIterator[Hand]:
        """Connect as pusher-js does."""
        asked = {"protocol": "7", "client": "js", "version": "8.6.0", "flash": "false", **query}
        if recovery:
            asked["recovery"] = "1"
        async with self.raw(f"{prefix}/app/{app.key}", asked) as client:
            hand = Hand(client.raw, app)
            await hand.greeted()
            yield hand

    async def push(self, user: str, *headings: str) -> None:
        """Push notifications, one after another."""
        for heading in headings:
            await self.tidings.push(user, Notification(heading=heading))

    async def trigger(self, channels: str, event: str, data: object, app: App = SHOP) -> None:
        """Publish as backends do, by Pusher's library over the HTTP API."""
        secret, port = app.secret.get_secret_value(), self.site.port
        pusher = PusherClient(app.id, app.key, secret, ssl=False, host="127.0.0.1", port=port)
        try:
            async with asyncio.timeout(WITHIN):
                await asyncio.to_thread(pusher.trigger, channels, event, data)
        finally:
            pusher.http.session.close()
            await until(lambda: not any(map(_is_http, self.site.server.server_state.connections)))

    def occupied(self) -> set[str]:
        """Return the channels that anyone hears."""
        return set(self.live.census.channels)


def _is_http(connection: object) -> bool:
    return "http" in type(connection).__module__


@asynccontextmanager
async def pusher_site(
    shell: Shell,
    *apps: App,
    clock: Callable[[], float] = time.monotonic,
    plugins: tuple[object, ...] = (),
    **settings: Any,
) -> AsyncIterator[PusherSite]:
    """Open an application with a Pusher server; in the end nothing is left over.

    Args:
        shell: which of the front's ways in is used.
        apps: by default one.
        clock: the Pusher server's.
        plugins: what else the application has.
        settings: see `fronts.site`.
    """
    server = PusherServer(apps=apps or (SHOP,), clock=clock)
    async with site(shell, server, *plugins, **settings) as here:
        yield PusherSite(here, server)
    for live in server.live:
        census = live.census
        assert not census.connections
        assert not census.channels
        assert not any((census._members, census._users, census._watchers, live._counted))
