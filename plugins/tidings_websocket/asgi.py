"""The portable front: an ASGI application, for any server and framework.

It is mounted as any other: `Mount("/", front.app)` in Starlette, `app.mount("/", front.app)` in
FastAPI, `asgi("/", is_mount=True, copy_scope=True)(front.app)` in Litestar; in Django by the type
of the scope.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tidings.redaction import failure
from tidings_websocket.brought import Receive, Scope, Send, Serves
from tidings_websocket.dialect import Dialect, Ending
from tidings_websocket.frames import Batch
from tidings_websocket.handshake import client_address
from tidings_websocket.opening import Opening
from tidings_websocket.outlet import CLOSE_WITHIN
from tidings_websocket.session import Session

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront

logger = logging.getLogger("tidings.websocket")


class PortableFront:
    """The ASGI application of a front (ASGI 3, WebSocket messages 2.3)."""

    def __init__(self, front: WebSocketFront) -> None:
        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection to its end."""
        if scope["type"] != "websocket":
            await self._other(scope, receive, send)
            return
        if (await receive())["type"] != "websocket.connect":
            return
        front, dialect, headers = self._front, self._dialect(scope), _Headers(scope)
        address = self._address(scope, headers)
        if dialect is None or not self._may_open(address, headers):
            await send({"type": "websocket.close", "code": 1008})  # which becomes an HTTP 403
        else:
            outlet = _Connection(receive, send)
            session = Session(front, dialect, outlet, address)
            query = scope.get("query_string", b"").decode("latin-1")
            offered = scope.get("subprotocols", [])
            chosen = dialect.subprotocol if dialect.subprotocol in offered else None
            try:
                await send({"type": "websocket.accept", "subprotocol": chosen})
                opening = Opening(query, headers.first("authorization"), offered, scope["path"])
                session.begin(opening)
                await outlet.run(session)
            finally:
                session.gone()

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        server = self._server(scope) if scope["type"] == "http" else None
        await (server.http if server is not None else _refuse_other)(scope, receive, send)

    def _server(self, scope: Scope) -> Serves | None:
        path, root = scope["path"], scope.get("root_path", "")
        return self._front.server(path) or self._front.server(path.removeprefix(root))

    def _dialect(self, scope: Scope) -> Dialect | None:
        path, root = scope["path"], scope.get("root_path", "")
        within = "/" + path.removeprefix(root).strip("/")  # Litestar leaves "ws/" of it
        if within == "/":  # mounted at a path of the application's choice
            return next(iter(self._front.dialects), None)
        return self._front.dialect(path) or self._front.dialect(within)

    def _may_open(self, address: str | None, headers: _Headers) -> bool:
        front, origins = self._front, self._front.origins
        if origins is not None and not origins.issuperset(headers.all("origin")):
            front.counters.refuse("origin", address)
            return False
        return front.accepting and front.sessions.has_room(address)

    def _address(self, scope: Scope, headers: _Headers) -> str | None:
        client = scope.get("client")
        forwarded = headers.all("x-forwarded-for")
        return client_address(client[0] if client else None, forwarded, self._front.proxies)


class _Headers:
    def __init__(self, scope: Scope) -> None:
        self._headers: Iterable[tuple[bytes, bytes]] = scope["headers"]

    def all(self, name: str) -> list[str]:
        wanted = name.encode()
        return [value.decode("latin-1") for key, value in self._headers if key.lower() == wanted]

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


class _Connection:
    """The outlet of one connection: texts wait in a list for a task that sends them."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._texts: list[bytes] = []
        self._waiting = 0
        self._news = asyncio.Event()
        self._drained = asyncio.Event()
        self._reads = asyncio.Event()
        self._drained.set()
        self._reads.set()
        self._close: tuple[int, str] | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    async def run(self, session: Session) -> None:
        """Read and write until either side ends."""
        self._writing = asyncio.create_task(self._write())
        tasks = (asyncio.create_task(self._read(session)), self._writing)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            session.gone()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self._drained.set()
            if self._closing is not None:
                self._closing.cancel()
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.debug("a client cannot be reached: %s", failure(error))

    def write(self, batch: Batch) -> int:
        """Let texts be sent; return how many bytes waited before."""
        waiting = self._waiting
        if self._close is None:
            self._texts += batch.texts
            self._waiting += batch.size
            self._drained.clear()
            self._news.set()
        return waiting

    async def drain(self) -> None:
        """Wait until all is with the server, which bounds what it takes."""
        await self._drained.wait()

    def hold(self) -> None:
        """Read no more for now."""
        self._reads.clear()

    def proceed(self) -> None:
        """Read on."""
        self._reads.set()

    def ping(self) -> bool:
        """Leave that to the server: ASGI has no word for it."""
        return False

    def end(self, code: int, reason: str) -> None:
        """Close the connection behind what was written, or soon even so."""
        self._close = (code, reason)
        self._news.set()
        self._closing = asyncio.get_running_loop().call_later(CLOSE_WITHIN, self._give_up)

    def _give_up(self) -> None:
        if self._writing is not None:
            self._writing.cancel()

    async def _read(self, session: Session) -> None:
        while (message := await self._receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            if text is None:
                session.end(Ending.MALFORMED)
            else:
                self._take(session, text)
            await self._reads.wait()

    @staticmethod
    def _take(session: Session, text: str) -> None:
        size = len(text.encode())
        if size <= session.front.limits.message:
            session.receive(text, size)
        elif not session.ended:
            session.front.counters.refuse("message", session.address)
            session.end(Ending.LARGE)

    async def _write(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            texts, self._texts = self._texts, []
            for text in texts:
                await self._send({"type": "websocket.send", "text": text.decode()})
                self._waiting -= len(text)
            if not self._texts:
                self._drained.set()
                if self._close is not None:
                    code, reason = self._close
                    await self._send({"type": "websocket.close", "code": code, "reason": reason})
                    return


async def _refuse_other(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        headers = [(b"content-type", b"text/plain"), (b"upgrade", b"websocket")]
        await send({"type": "http.response.start", "status": 426, "headers": headers})
        await send({"type": "http.response.body", "body": b"This is for WebSocket clients.\n"})
    elif scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": message["type"] + ".complete"})
        await send({"type": "lifespan.shutdown.complete"})
