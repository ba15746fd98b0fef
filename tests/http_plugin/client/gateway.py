"""What stands between a store and its backend, and does what networks and proxies do."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import Enum, auto
from http import HTTPStatus
from typing import NamedTuple

from served import Served
from tidings_http import HttpInbox


class Way(Enum):
    """What becomes of a request that is not simply answered."""

    LOST = auto()
    """It does not arrive: the connection ends."""

    ANSWER_LOST = auto()
    """It arrives and is done; the connection ends before the answer has come."""

    SILENCE = auto()
    """It does not arrive, and the connection stays as it is."""


class Answer(NamedTuple):
    """What the gateway answers by itself."""

    status: int
    body: bytes = b"<h1>Try later</h1>"
    headers: Mapping[str, str] = {}

    def text(self) -> bytes:
        told = {"Content-Type": "text/html", **self.headers, "Content-Length": len(self.body)}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in told.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Request(NamedTuple):
    """What came through."""

    head: str
    body: bytes

    @property
    def path(self) -> str:
        return self.head.split(" ")[1]


class Gateway:
    """Passes requests on, each over connections of its own.

    Attributes:
        requests: that came, in order.
        next: what becomes of the next ones; those after them go through.
        url: where it is.
        waiting: set while somebody waits in silence.
    """

    def __init__(self, backend: Served) -> None:
        self.requests: list[Request] = []
        self.next: deque[Way | Answer] = deque()
        self.url = ""
        self.waiting = asyncio.Event()
        self._backend = backend

    def inbox(self, user: str | None = None, **settings: float) -> HttpInbox:
        """Make a store behind it: for this user, or for a node of the application."""
        served = self._backend
        token = served.admin() if user is None else served.tokens.issue(user)
        return HttpInbox(self.url, token, **settings)  # type: ignore[arg-type]

    def asked(self, path: str) -> list[Request]:
        """Return the requests for a path."""
        return [request for request in self.requests if request.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request from a connection."""
        try:
            request = await _request(reader)
            if request is not None:
                self.requests.append(request)
                writer.write(await self._answer(request, reader))
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _answer(self, request: Request, reader: asyncio.StreamReader) -> bytes:
        way = self.next.popleft() if self.next else None
        match way:
            case Answer():
                return way.text()
            case Way.SILENCE:
                self.waiting.set()
                await reader.read()
                self.waiting.clear()
                return b""
            case Way.LOST:
                return b""
        answer = await self._passed_on(request)
        return b"" if way is Way.ANSWER_LOST else answer

    async def _passed_on(self, request: Request) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._backend.port)
        writer.write(request.head.encode() + b"Connection: close\r\n\r\n" + request.body)
        answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def gateway(backend: Served) -> AsyncIterator[Gateway]:
    """Have one on a port of its own, until exit."""
    made = Gateway(backend)
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as listening:
        made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield made
        listening.close()


async def _request(reader: asyncio.StreamReader) -> Request | None:
    """Read a request, its head without what is said of the connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    lines = [line for line in head.split("\r\n") if line]
    lengths = [line.split(":")[1] for line in lines if line.lower().startswith("content-length:")]
    body = await reader.readexactly(int(lengths[0])) if lengths else b""
    kept = [line for line in lines if not line.lower().startswith("connection:")]
    return Request("\r\n".join([*kept, ""]), body)
