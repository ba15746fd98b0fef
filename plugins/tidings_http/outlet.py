"""How a stream reaches its client: by ASGI, on any server."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from tidings_http.chunks import Chunk

END_WITHIN = 5.0
"""How long a client may take to take the last of what it is sent, in seconds."""


class Outlet(Protocol):
    """One connection's way out."""

    def write(self, chunk: Chunk) -> int:
        """Send a chunk, without waiting; return how many bytes waited to leave before it.

        Few may count as none.
        """

    async def drain(self) -> None:
        """Wait until little waits to leave, or the connection is gone."""

    async def end(self, chunk: Chunk | None) -> None:
        """Send a last chunk and end the response; without one, what waits is dropped."""


class AsgiOutlet:
    """Chunks wait in a list for a task that sends them.

    Args:
        send: of the request.
        gone: called when the client cannot be reached.
    """

    def __init__(self, send: Any) -> None:
        self._send = send
        self._texts: list[bytes] = []
        self._waiting = 0
        self._news = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._writing = asyncio.create_task(self._write())

    def write(self, chunk: Chunk) -> int:
        """Let a chunk be sent."""
        waiting = self._waiting
        self._texts.append(chunk.text)
        self._waiting += len(chunk)
        self._drained.clear()
        self._news.set()
        return waiting

    async def drain(self) -> None:
        """Wait until all is with the server, which bounds what it takes."""
        await self._drained.wait()

    async def end(self, chunk: Chunk | None) -> None:
        """End the response, behind what waits or without it."""
        try:
            async with asyncio.timeout(END_WITHIN):
                if chunk is not None:
                    self.write(chunk)
                    await self.drain()
                await self._stop()
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            pass
        finally:
            await self._stop()

    async def _stop(self) -> None:
        self._writing.cancel()
        await asyncio.wait([self._writing])
        self._drained.set()

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
        finally:
            self._drained.set()
