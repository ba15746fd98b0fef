"""A Pusher-compatible server of one's own, as an application has it, for real clients to use."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

import uvicorn

from fronts import until
from pusher_plugin.clients.page import Build, Page
from pusher_plugin.clients.pusher_js import Echo, NodeServer, PusherJs
from tidings import (
    AccessRequest,
    Denial,
    Grant,
    Identity,
    Notification,
    Options,
    Tidings,
    Tokens,
    hookimpl,
)
from tidings_memory import MemoryStore
from tidings_pusher import App, PusherAccess, PusherEndpoints, PusherServer
from tidings_websocket import WebSocketFront

APP_ID, KEY, SECRET = "3", "278d425bdf160c739803", "7ad3773142a6692b25b8"
MASTER_KEY = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="


class Rooms:
    """A policy: whoever is somebody may enter all rooms but the cellar, and is shown by name."""

    name = "rooms"

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:
        if request.identity is None or "user-" in request.channel:
            return None
        if request.channel.endswith("cellar"):
            return Denial("the cellar is flooded")
        return Grant(member=shown(request.identity))


def shown(identity: Identity) -> Mapping[str, str]:
    """Return what others see of a user."""
    return {"name": identity.user.title()}


class OwnServer:
    """The application, and how clients come to it.

    Attributes:
        port: on 127.0.0.1.
        server: its Pusher side.
        tidings: the application.
    """

    def __init__(self, tidings: Tidings, server: PusherServer, running: uvicorn.Server) -> None:
        self.port = 0
        self.server = server
        self.tidings = tidings
        self._running = running

    async def pusher(
        self, page: Page, user: str | None = None, *, build: Build = "node", **more: Any
    ) -> PusherJs:
        """Connect a pusher-js client whose page asks this application's endpoints."""
        options = {**self._endpoints(user), **more}
        client = await page.pusher(KEY, self.port, build=build, **options)
        await client.state("connected")
        return client

    async def echo(self, page: Page, user: str, **more: Any) -> Echo:
        """Make a Laravel Echo whose page does."""
        options = {**self._endpoints(user), **more}
        client = await page.echo(KEY, self.port, **options)
        await client.state("connected")
        return client

    async def server_sdk(self, page: Page) -> NodeServer:
        """Return the Node library of another server of the same app."""
        return await page.server(
            appId=APP_ID,
            key=KEY,
            secret=SECRET,
            host="127.0.0.1",
            port=str(self.port),
            useTLS=False,
            encryptionMasterKeyBase64=MASTER_KEY,
        )

    async def push(self, user: str, heading: str) -> None:
        """Push a notification."""
        await self.tidings.push(user, Notification(heading=heading))

    def bearer(self, user: str) -> dict[str, str]:
        """Return the header by which a page says who its user is."""
        assert self.tidings.tokens is not None
        return {"Authorization": f"Bearer {self.tidings.tokens.issue(user)}"}

    def url(self, path: str) -> str:
        """Return the address of an endpoint."""
        return f"http://127.0.0.1:{self.port}/pusher/{path}"

    def drop(self) -> None:
        """Cut all connections as a network does."""
        for connection in list(self._running.server_state.connections):
            name = "transport" if hasattr(connection, "transport") else "_transport"
            getattr(connection, name).abort()

    async def end(self) -> None:
        """End what is still connected: who made requests keeps connections for more of them."""
        self.drop()
        await until(lambda: not self._running.server_state.connections, "nobody was connected")

    async def settled(self, channel: str, hearers: int) -> None:
        """Wait until so many connections hear a channel."""
        census = self.server.live[0].census
        await until(lambda: len(census.hearers(channel)) == hearers, f"{hearers} on {channel}")

    def _endpoints(self, user: str | None) -> dict[str, Any]:
        headers = {} if user is None else self.bearer(user)
        return {
            "channelAuthorization": {"endpoint": self.url("auth"), "headers": headers},
            "userAuthentication": {"endpoint": self.url("user-auth"), "headers": headers},
        }


@asynccontextmanager
async def own_server(
    *plugins: object,
    port: int = 0,
    watchlist: Sequence[str] = (),
    store: MemoryStore | None = None,
    **app: Any,
) -> AsyncIterator[OwnServer]:
    """Run a server, until exit.

    Args:
        plugins: of the application, beside those that it needs.
        port: where; 0: one that is free.
        watchlist: whose coming and going users are told.
        store: one that was used before.
        app: settings of the app, beside its credentials.
    """
    about = App.model_validate({"id": APP_ID, "key": KEY, "secret": SECRET, **app})
    server = PusherServer(apps=[about])
    front = WebSocketFront(presence_grace=0.0, leave_within=0.0)
    tidings = Tidings(
        *plugins,
        store or MemoryStore(),
        front,
        server,
        Rooms(),
        options=Options(head_beat=0.05, straggler=0.001),
        tokens=Tokens("a secret of at least thirty-two bytes"),
    )
    access = PusherAccess.of(about, encryption_master_key_base64=MASTER_KEY)
    endpoints = PusherEndpoints(access, tidings, info=shown, watchlist=lambda _: watchlist)

    async def site(scope: Any, receive: Any, send: Any) -> None:
        answers = endpoints if scope["path"].startswith("/pusher/") else front.app
        await answers(scope, receive, send)

    config = uvicorn.Config(
        site,
        ws=cast("Any", front.protocol),
        lifespan="off",
        log_config=None,
        proxy_headers=False,
    )
    config.load()
    running = uvicorn.Server(config)
    running.lifespan = config.lifespan_class(config)
    here = OwnServer(tidings, server, running)
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", port)))
        here.port = listener.getsockname()[1]
        stack.push_async_callback(here.end)
        await stack.enter_async_context(tidings)
        await running.startup(sockets=[listener])
        try:
            yield here
        finally:
            for each in running.servers:
                each.close()
