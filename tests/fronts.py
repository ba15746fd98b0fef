"""A front on a real server in the test's own event loop, and a client that says what it means."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Literal, cast
from urllib.parse import urlencode

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tidings import Identity, Options, Tidings, Tokens, user_channel
from tidings_memory import MemoryStore
from tidings_websocket import WebSocketFront

Shell = Literal["fast", "portable"]
Frame = dict[str, Any]
Open = Callable[..., AbstractAsyncContextManager["Site"]]
"""Opens a site with settings of the test's choice."""

KEY = "a secret of at least thirty-two bytes"
WITHIN = 10.0
SMALL = 16 * 1024
ANN, BOB = user_channel("ann"), user_channel("bob")


async def until(condition: Callable[[], object], what: str = "it", within: float = WITHIN) -> None:
    """Wait until something is so."""
    try:
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 (what is looked at tells nobody that it changed)
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise AssertionError(f"{what} was not so within {within:g} s") from None


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was written to the log that should trouble anyone."""
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


class Client:
    """A client of the plain dialect, speaking by hand.

    Attributes:
        raw: the connection.
        welcome: its first frame.
        unread: frames that came while something else was waited for.
    """

    def __init__(self, raw: ClientConnection) -> None:
        self.raw = raw
        self.welcome: Frame = {}
        self.unread: deque[Frame] = deque()
        self._asked = 0

    @property
    def id(self) -> str:
        """What the server calls this connection."""
        return cast("str", self.welcome["data"]["connection"])

    async def next(self) -> Frame:
        """Return the next frame."""
        return self.unread.popleft() if self.unread else await self._receive()

    async def take(self, count: int) -> list[Frame]:
        """Return the next frames."""
        return [await self.next() for _ in range(count)]

    async def named(self, event: str) -> Frame:
        """Return the next event of this name; those before it are left out."""
        while (frame := await self.next()).get("event") != event:
            pass
        return frame

    async def begin(self, request: str, **fields: Any) -> int:
        """Ask for something, and do not wait for the reply; return the request's id."""
        self._asked += 1
        await self.raw.send(json.dumps({"request": request, "id": self._asked, **fields}))
        return self._asked

    async def reply(self, to: int) -> Frame:
        """Return the reply to a request; what comes before it is for `next`."""
        for frame in self.unread:
            if frame.get("reply") == to:
                self.unread.remove(frame)
                return frame
        while (frame := await self._receive()).get("reply") != to:
            self.unread.append(frame)
        return frame

    async def ask(self, request: str, **fields: Any) -> Frame:
        """Ask for something; return the reply."""
        return await self.reply(await self.begin(request, **fields))

    async def refused(self, request: str, **fields: Any) -> str:
        """Ask for something that is refused; return the error's code."""
        reply = await self.ask(request, **fields)
        return cast("str", reply["error"]["code"])

    async def nothing_more(self) -> None:
        """Make sure that what was sent before now has come."""
        assert "error" not in await self.ask("ping")
        assert not self.unread

    async def ended(self) -> int:
        """Wait for the end; return the close code. What comes before it is for `next`."""
        try:
            while True:
                self.unread.append(await self._receive())
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 1006

    async def _receive(self) -> Frame:
        async with asyncio.timeout(WITHIN):
            return cast("Frame", json.loads(await self.raw.recv()))


class Site:
    """An application with a front, on a server.

    Attributes:
        shell: which of the front's ways in the server uses.
        port: of the server, on 127.0.0.1.
        server: the server.
    """

    def __init__(self, shell: Shell, front: WebSocketFront, tidings: Tidings) -> None:
        self.shell = shell
        self.front = front
        self.tidings = tidings
        self.port = 0
        self.server: uvicorn.Server

    @property
    def counters(self) -> Any:
        """What the front counted."""
        return self.front.counters

    @property
    def tokens(self) -> Tokens:
        """What makes tokens here."""
        assert self.tidings.tokens is not None
        return self.tidings.tokens

    def ticket(self, user: str, **claims: Any) -> str:
        """Return a ticket for this user."""
        assert self.tidings.tickets is not None
        return self.tidings.tickets.issue(Identity(user, claims=claims))

    def url(self, path: str = "/ws", **query: str) -> str:
        """Return an address to connect to."""
        return f"ws://127.0.0.1:{self.port}{path}" + (f"?{urlencode(query)}" if query else "")

    @asynccontextmanager
    async def connect(
        self,
        user: str | None = None,
        *,
        after: Mapping[str, Any] | None = None,
        path: str = "/ws",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] = (),
        origin: str | None = None,
        compression: str | None = None,
        greeted: bool = True,
        **options: Any,
    ) -> AsyncIterator[Client]:
        """Connect: as this user with a ticket, or as nobody yet.

        greeted: wait for the welcome.
        """
        query = dict(query or {})
        if user is not None:
            query["ticket"] = self.ticket(user)
        if after is not None:
            query["after"] = f"{after['epoch']}:{after['offset']}"
        connecting = connect(
            self.url(path, **query),
            additional_headers=headers,
            subprotocols=cast("list[Subprotocol]", list(subprotocols)) or None,
            origin=cast("Origin | None", origin),
            compression=compression,
            ping_interval=None,
            close_timeout=1,
            open_timeout=WITHIN,
            max_size=None,
            proxy=None,
            **options,
        )
        async with connecting as raw:
            client = Client(raw)
            if greeted:
                client.welcome = await client.next()
                assert client.welcome.get("event") == "tidings:welcome", client.welcome
            yield client

    @asynccontextmanager
    async def reluctant(self, user: str, **options: Any) -> AsyncIterator[Client]:
        """Connect as one who takes no more than it is read from."""
        loop = asyncio.get_running_loop()
        with socket.socket() as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            own.setblocking(False)
            await loop.sock_connect(own, ("127.0.0.1", self.port))
            async with self.connect(user, sock=own, max_queue=1, **options) as client:
                yield client

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect without a word of WebSocket."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def connected(self, user: str) -> None:
        """Wait until a client of this user hears their channel."""
        await until(lambda: (user_channel(user), "plain") in self.front.lines._lines)

    async def quiet(self) -> None:
        """Wait until nothing is left of any client."""
        front, running = self.front, self.tidings._running
        await until(lambda: not front.sessions, "no session was left")
        await until(lambda: not front.tasks, "no task was left")
        assert not front.lines._lines
        assert not front.seats._seats
        assert not front.sessions._users
        assert not front.sessions._addresses
        assert front.counters.connections == 0
        assert front.counters.subscriptions == 0
        if running is not None:
            await until(lambda: set(running.channels._places) <= {"#tidings"}, "channels closed")


@asynccontextmanager
async def serving(
    shell: Shell, front: WebSocketFront, app: Any = None
) -> AsyncIterator[tuple[int, uvicorn.Server]]:
    """Serve a front on a port of its own, until exit; clients are not sent away.

    The system's buffers are small, so that who reads nothing is found out soon.
    """
    config = uvicorn.Config(
        front.app if app is None else app,
        ws=cast("Any", front.protocol) if shell == "fast" else "websockets-sansio",
        lifespan="off",
        log_config=None,
        ws_ping_interval=None,
        proxy_headers=False,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        await server.startup(sockets=[listener])
        try:
            yield listener.getsockname()[1], server
        finally:
            for each in server.servers:
                each.close()


@asynccontextmanager
async def site(
    shell: Shell,
    *plugins: object,
    store: object | None = None,
    app: Callable[[WebSocketFront], Any] | None = None,
    tokens: Tokens | None = None,
    options: Options | None = None,
    clock: Callable[[], Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Site]:
    """Open an application with a front, on a server; in the end nothing is left over.

    Args:
        shell: which of the front's ways in the server uses.
        plugins: beside the front; without a store among them, `store`.
        store: by default one in memory.
        app: makes the ASGI application around the front.
        tokens: what makes and checks tokens.
        options: the core's settings.
        clock: the application's.
        settings: the front's.
    """
    front = WebSocketFront(**{"presence_grace": 0.0, "leave_within": 0.0, **settings})
    given = {} if clock is None else {"clock": clock}
    tidings = Tidings(
        *plugins,
        MemoryStore() if store is None else store,
        front,
        options=options or Options(head_beat=0.05, straggler=0.001),
        tokens=tokens or Tokens(KEY, **cast("Any", given)),
        **cast("Any", given),
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(tidings)
        here = Site(shell, front, tidings)
        asgi = None if app is None else app(front)
        here.port, here.server = await stack.enter_async_context(serving(shell, front, asgi))
        yield here
        await here.quiet()
