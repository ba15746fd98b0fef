"""How a stream reaches its client: by ASGI on any server, or straight to uvicorn's transport."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from tidings_http.chunks import Chunk
from tidings_http.uvicorn_request import UvicornRequest

END_WITHIN = 5.0
"""How long a client may take to take the last of what it is sent, in seconds."""

RAW_SEND = "tidings.send"
"""Where a request's scope has what the server gave to send with, before anyone wrapped it."""

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outlet(Protocol):
    """One connection's way out."""

    @property
    def stopping(self) -> bool:
        """Whether the server is known to have begun to stop."""

    def write(self, chunk: Chunk) -> int:
        """Send a chunk, without waiting; return how many bytes waited to leave before it.

        Few may count as none.
        """

    async def drain(self) -> None:
        """Wait until little waits to leave, or the connection is gone."""

    async def end(self, chunk: Chunk) -> None:
        """Send a last chunk behind what waits, and end the response."""

    async def cut(self) -> None:
        """End the response, without what waits."""


def outlet(receive: object, send: Send, raw_send: object) -> Outlet:
    """Return the fastest way out that there is; the response has begun.

    Args:
        receive: of the request.
        send: of the request, as it came through whatever is around the application.
        raw_send: as it came to the application.
    """
    request = UvicornRequest.of(receive)
    if request is not None and request.is_direct(raw_send):
        return DirectOutlet(request, send)
    return AsgiOutlet(request, send)


class DirectOutlet:
    """Writes to the transport, one system call a chunk.

    Args:
        request: as uvicorn has it.
        send: of the request.
    """

    def __init__(self, request: UvicornRequest, send: Send) -> None:
        self._request = request
        self._send = send
        self.write = request.write
        self.drain = request.drain

    @property
    def stopping(self) -> bool:
        """Whether the server has begun to stop."""
        return self._request.stopping

    async def end(self, chunk: Chunk) -> None:
        """End the response, or the connection if the client takes nothing."""
        try:
            async with asyncio.timeout(END_WITHIN):
                await self._send(_last(chunk.text))
        except TimeoutError:
            await self.cut()

    async def cut(self) -> None:
        """End the connection."""
        with suppress(TimeoutError):
            await self._request.cut()


class AsgiOutlet:
    """Chunks wait in a list for a task that sends them.

    Args:
        request: as uvicorn has it, if it does.
        send: of the request.
    """

    def __init__(self, request: UvicornRequest | None, send: Send) -> None:
        self._request = request
        self._send = send
        self._texts: list[bytes] = []
        self._waiting = 0
        self._news = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._writing = asyncio.create_task(self._write())

    @property
    def stopping(self) -> bool:
        """Whether the server is known to have begun to stop."""
        return self._request is not None and self._request.stopping

    def write(self, chunk: Chunk) -> int:
        """Let a chunk be sent."""
        waiting = self._waiting
        if not self._writing.done():
            self._texts.append(chunk.text)
            self._waiting += len(chunk)
            self._drained.clear()
            self._news.set()
        return waiting

    async def drain(self) -> None:
        """Wait until all is with the server, which bounds what it takes."""
        await self._drained.wait()

    async def end(self, chunk: Chunk) -> None:
        """End the response, or give up if the client takes nothing."""
        try:
            async with asyncio.timeout(END_WITHIN):
                self.write(chunk)
                await self.drain()
                await self._stop()
                await self._send(_last(b""))
        except TimeoutError:
            await self.cut()

    async def cut(self) -> None:
        """End the connection, or the response where ASGI alone is known."""
        await self._stop()
        with suppress(TimeoutError):
            if self._request is not None:
                await self._request.cut()
            else:
                async with asyncio.timeout(END_WITHIN):
                    await self._send(_last(b""))

    async def _stop(self) -> None:
        self._writing.cancel()
        await asyncio.wait([self._writing])

    async def _write(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                texts, self._texts = self._texts, []
                body = b"".join(texts)
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
                self._waiting -= len(body)
                if not self._texts:
                    self._drained.set()
        except OSError:  # the client has gone (ASGI 2.4); `receive` tells
            pass
        finally:
            self._drained.set()


def _last(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": False}
