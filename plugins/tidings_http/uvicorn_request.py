"""What uvicorn knows of a request beyond ASGI, where it is uvicorn that brought it.

By ASGI alone, what is sent to a stream goes through a task of each client's own, a client that
takes nothing cannot be cut off, and nobody tells a stream that the server is about to stop.
"""

from __future__ import annotations

import asyncio
from typing import Any, Self

from tidings_http.chunks import Chunk

_HTTPTOOLS = "uvicorn.protocols.http.httptools_impl"
_MODULES = (_HTTPTOOLS, "uvicorn.protocols.http.h11_impl")
_KNOWN = ("transport", "flow", "keep_alive", "disconnected")

_CUT_WITHIN = 1.0


class UvicornRequest:
    """A request, as uvicorn has it.

    Args:
        cycle: uvicorn's own object for it.
    """

    def __init__(self, cycle: Any) -> None:
        self._cycle = cycle
        self._kept = cycle.keep_alive

    @classmethod
    def of(cls, receive: object) -> Self | None:
        """Return it, if `receive` is what uvicorn gave the application."""
        cycle = getattr(receive, "__self__", None)
        is_one = type(cycle).__module__ in _MODULES and all(hasattr(cycle, n) for n in _KNOWN)
        return cls(cycle) if is_one else None

    @property
    def stopping(self) -> bool:
        """Whether the server has begun to stop: it will keep no connection."""
        return bool(self._kept and not self._cycle.keep_alive)

    def is_direct(self, send: object) -> bool:
        """Tell whether chunks may be written past `send`: nobody on the way would change them."""
        cycle = self._cycle
        return (
            getattr(send, "__self__", None) is cycle
            and type(cycle).__module__ == _HTTPTOOLS
            and getattr(cycle, "chunked_encoding", None) is True
        )

    def write(self, chunk: Chunk) -> int:
        """Write a chunk; return how many bytes waited before, once that are many."""
        transport = self._cycle.transport
        if transport.is_closing():
            return 0
        waiting: int = transport.get_write_buffer_size() if self._cycle.flow.write_paused else 0
        transport.write(chunk.framed)
        return waiting

    async def drain(self) -> None:
        """Wait until few bytes wait to leave."""
        await self._cycle.flow.drain()

    async def cut(self) -> None:
        """End the connection at once, whatever waits to leave."""
        self._cycle.transport.abort()
        async with asyncio.timeout(_CUT_WITHIN):
            while not self._cycle.disconnected:  # noqa: ASYNC110 (it tells nobody else)
                await asyncio.sleep(0)
