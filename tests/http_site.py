"""A site with an HTTP front on a real server, in the test's own event loop."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
import uvicorn
from fastapi import FastAPI

from event_source import SMALL, EventSource, event_source
from fronts import until
from tidings import AdminTokens, Identity, Notification, Options, Tidings, Tokens, user_channel
from tidings_http import HttpFront
from tidings_memory import MemoryStore
from tidings_websocket import WebSocketFront

Form = Literal["beside", "mounted"]
"""On the port of a WebSocket front, as `tidings serve` has it; or mounted in an application."""

Open = Callable[..., AbstractAsyncContextManager["Site"]]

KEY = "a secret of at least thirty-two bytes"
ANN, BOB = user_channel("ann"), user_channel("bob")
Place = Mapping[str, Any]


class Site:
    """An application with an HTTP front, on a server.

    Attributes:
        front: the HTTP front.
        prefix: where it is mounted.
        port: of the server, on 127.0.0.1.
        server: the server.
        close: closes the application.
    """

    def __init__(self, form: Form, front: HttpFront, tidings: Tidings) -> None:
        self.form = form
        self.front = front
        self.tidings = tidings
        self.prefix = "" if form == "beside" else "/live"
        self.port = 0
        self.server: uvicorn.Server
        self.close: Callable[[], Awaitable[None]]
        self._http: httpx.AsyncClient

    @property
    def counters(self) -> Any:
        """What the front counted."""
        return self.front.counters

    @property
    def tokens(self) -> Tokens:
        """What makes tokens here."""
        assert self.tidings.tokens is not None
        return self.tidings.tokens

    def bearer(self, user: str, **claims: Any) -> dict[str, str]:
        """Return the header of a client that brings a token; `ops` may do everything."""
        claims = {"tidings": "admin"} if user == "ops" else claims
        return {"authorization": f"Bearer {self.tokens.issue(user, **claims)}"}

    def ticket(self, user: str) -> str:
        """Return a ticket for this user."""
        assert self.tidings.tickets is not None
        return self.tidings.tickets.issue(Identity(user))

    async def ask(
        self, method: str, path: str, user: str | None = None, **request: Any
    ) -> httpx.Response:
        """Send a request, as this user."""
        headers = dict(request.pop("headers", {})) | (self.bearer(user) if user else {})
        return await self._http.request(method, self.prefix + path, headers=headers, **request)

    async def get(self, path: str, user: str | None = None, **request: Any) -> httpx.Response:
        """Ask for something."""
        return await self.ask("GET", path, user, **request)

    async def post(
        self, path: str, user: str | None = None, json: Any = None, **request: Any
    ) -> httpx.Response:
        """Send JSON."""
        return await self.ask("POST", path, user, json=json, **request)

    async def push(self, *numbers: int, user: str = "ann", **fields: Any) -> None:
        """Push what says its number."""
        for number in numbers:
            await self.tidings.push(user, Notification(heading=str(number), **fields))

    @asynccontextmanager
    async def stream(
        self,
        user: str | None = None,
        *,
        after: Place | None = None,
        last: str | None = None,
        path: str = "/inbox/events",
        query: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        reluctant: bool = False,
        greeted: bool = True,
    ) -> AsyncIterator[EventSource]:
        """Ask for a stream of events, as this user.

        Args:
            user: who asks, with a token.
            after: where to go on from.
            last: the same, as browsers say it that return.
            path: of the stream.
            query: its parameters, beside `after`.
            headers: of the request.
            reluctant: take no more than is read.
            greeted: wait for the welcome.
        """
        told = dict(headers or {}) | (self.bearer(user) if user else {})
        if last is not None:
            told["last-event-id"] = last
        parameters = list(query)
        if after is not None:
            parameters.append(("after", f"{after['epoch']}:{after['offset']}"))
        url = self.prefix + path + (f"?{urlencode(parameters)}" if parameters else "")
        async with event_source(self.port, url, told, reluctant=reluctant) as source:
            if greeted:
                assert source.status == 200, await source.problem()
                source.welcome = await source.next()
                assert source.welcome.name == "tidings:welcome"
            yield source

    async def nothing_more(self, *sources: EventSource, channel: str = ANN) -> None:
        """Make sure that what was sent before now has come, and nothing else."""
        await self.tidings.publish(channel, "nothing more")
        for source in sources:
            assert (await source.next()).name == "nothing more"

    async def quiet(self) -> None:
        """Wait until nothing is left of any client."""
        front, running = self.front, self.tidings._running
        await until(lambda: not len(front.streams), "no stream was left")
        await until(lambda: not front.lines._lines, "no line was left")
        assert not front.streams._users
        assert front.counters.streams == 0
        if running is not None:
            await until(lambda: set(running.channels._places) <= {"#tidings"}, "channels closed")


@asynccontextmanager
async def serving(app: Any, **config: Any) -> AsyncIterator[tuple[int, uvicorn.Server]]:
    """Serve an application on a port of its own, until exit.

    The system's buffers are small, so that who reads nothing is found out soon.
    """
    manner = uvicorn.Config(app, lifespan="off", log_config=None, proxy_headers=False, **config)
    manner.load()
    server = uvicorn.Server(manner)
    server.lifespan = manner.lifespan_class(manner)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        await server.startup(sockets=[listener])
        try:
            yield listener.getsockname()[1], server
        finally:
            for each in server.servers:
                each.close()


def beside(front: HttpFront, sockets: WebSocketFront) -> Any:
    """Return the WebSocket front's application, which answers for the HTTP front too."""
    del front
    return sockets.app


def mounted(front: HttpFront, sockets: WebSocketFront) -> Any:
    """Return an application of somebody's own, with the front in it."""
    del sockets
    app = FastAPI()
    app.mount("/live", front.app)
    return app


@asynccontextmanager
async def site(
    form: Form,
    *plugins: object,
    store: object | None = None,
    tokens: Tokens | None = None,
    options: Options | None = None,
    clock: Callable[[], Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Site]:
    """Open an application with an HTTP front, on a server; in the end nothing is left over.

    Args:
        form: how it is served.
        plugins: beside the fronts.
        store: by default one in memory.
        tokens: what makes and checks tokens.
        options: the core's settings.
        clock: the application's.
        settings: the front's.
    """
    front, sockets = HttpFront(**settings), WebSocketFront(leave_within=0.0)
    given: dict[str, Any] = {} if clock is None else {"clock": clock}
    tidings = Tidings(
        *plugins,
        MemoryStore() if store is None else store,
        sockets,
        front,
        AdminTokens(),
        options=options or Options(head_beat=0.05, straggler=0.001),
        tokens=tokens or Tokens(KEY, **given),
        **given,
    )
    here = Site(form, front, tidings)
    app = beside(front, sockets) if form == "beside" else mounted(front, sockets)
    async with serving(app) as (here.port, here.server):
        url = f"http://127.0.0.1:{here.port}"
        async with httpx.AsyncClient(base_url=url) as here._http, AsyncExitStack() as life:
            await life.enter_async_context(tidings)
            here.close = life.aclose
            yield here
            await here.quiet()
