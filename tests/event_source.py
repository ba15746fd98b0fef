"""A client of event streams that says what it means: HTTP/1.1 by hand, as `curl -N` does it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, cast

WITHIN = 10.0
SMALL = 16 * 1024


class Told(NamedTuple):
    """One event of a stream, as its lines had it. `id` and `retry` only if it had them."""

    name: str
    data: dict[str, Any]
    id: str | None = None
    retry: int | None = None


class EventSource:
    """One stream.

    Attributes:
        status: of the answer.
        headers: of the answer.
        welcome: the first event.
        unread: events that came while the end was waited for.
        pings: how many comments came.
        last: the last id that came, which browsers send back when they return.
        whole: the response came to its proper end.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._text = b""
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.welcome = Told("", {})
        self.unread: deque[Told] = deque()
        self.pings = 0
        self.last: str | None = None
        self.whole = False

    async def ask(self, path: str, headers: Mapping[str, str]) -> None:
        """Send the request, and read the head of the answer."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(WITHIN):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split()[1])
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        self.headers = {name.lower(): value for name, value in pairs}

    async def problem(self) -> dict[str, Any]:
        """Return the problem that came in place of a stream."""
        async with asyncio.timeout(WITHIN):
            body = await self._reader.readexactly(int(self.headers["content-length"]))
        assert self.headers["content-type"] == "application/problem+json"
        return cast("dict[str, Any]", json.loads(body))

    async def next(self) -> Told:
        """Return the next event.

        Raises:
            EOFError: the stream has ended.
        """
        if self.unread:
            return self.unread.popleft()
        async with asyncio.timeout(WITHIN):
            return await self._receive()

    async def take(self, count: int) -> list[Told]:
        """Return the next events."""
        return [await self.next() for _ in range(count)]

    async def named(self, name: str) -> Told:
        """Return the next event of this name; those before it are left out."""
        while (told := await self.next()).name != name:
            pass
        return told

    async def ended(self) -> str | None:
        """Wait for the end; return why, if that was told. What comes before it is for `next`."""
        why = None
        try:
            async with asyncio.timeout(WITHIN):
                while True:
                    told = await self._receive()
                    if told.name == "tidings:end":
                        why = told.data["data"]["reason"]
                    else:
                        self.unread.append(told)
        except EOFError:
            return why

    async def pinged(self, times: int) -> None:
        """Wait for comments, and nothing else."""
        async with asyncio.timeout(WITHIN):
            while self.pings < times:
                assert self._block(await self._more()) is None

    def abort(self) -> None:
        """Go without a word."""
        self._writer.transport.abort()

    def pause(self) -> None:
        """Read no more."""
        cast("asyncio.ReadTransport", self._writer.transport).pause_reading()

    def resume(self) -> None:
        """Read on."""
        cast("asyncio.ReadTransport", self._writer.transport).resume_reading()

    async def _receive(self) -> Told:
        while (told := self._block(await self._more())) is None:
            pass
        if told.id is not None:
            self.last = told.id
        return told

    async def _more(self) -> str:
        """Return the lines up to the next empty one."""
        while b"\n\n" not in self._text:
            self._text += await self._chunk()
        block, _, self._text = self._text.partition(b"\n\n")
        return block.decode()

    async def _chunk(self) -> bytes:
        try:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            data = await self._reader.readexactly(size + 2)
        except (OSError, asyncio.IncompleteReadError):
            raise EOFError from None
        assert data.endswith(b"\r\n")
        if not size:
            self.whole = True
            raise EOFError
        return data[:-2]

    def _block(self, block: str) -> Told | None:
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            assert name not in fields, block
            fields[name] = value.removeprefix(" ")
        if "" in fields:  # a comment
            assert set(fields) == {""}
            self.pings += 1
            return None
        assert set(fields) <= {"id", "event", "data", "retry"}, block
        retry = int(fields["retry"]) if "retry" in fields else None
        return Told(fields["event"], json.loads(fields["data"]), fields.get("id"), retry)


@asynccontextmanager
async def event_source(
    port: int, path: str, headers: Mapping[str, str], *, reluctant: bool = False
) -> AsyncIterator[EventSource]:
    """Ask for a stream.

    Args:
        port: of the server, on 127.0.0.1.
        path: with its query.
        headers: beside the usual ones.
        reluctant: take no more than is read.
    """
    with socket.socket() as own:
        if reluctant:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        own.setblocking(False)
        await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", port))
        limit = SMALL if reluctant else 2**20
        reader, writer = await asyncio.open_connection(sock=own, limit=limit)
        try:
            source = EventSource(reader, writer)
            await source.ask(path, headers)
            yield source
        finally:
            writer.transport.abort()
            await asyncio.sleep(0)
