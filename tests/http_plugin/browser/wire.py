"""The way between browser and server, which can go dead without a word, as networks do."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wire:
    """Carries connections to a port.

    Attributes:
        port: where it takes them, on 127.0.0.1.
    """

    def __init__(self, to: int) -> None:
        self.port = 0
        self._to = to
        self._alive = asyncio.Event()
        self._writers: set[StreamWriter] = set()

    def go_dead(self) -> None:
        """Carry nothing more of the connections that there are; new ones are carried."""
        self._alive.clear()
        self._alive = asyncio.Event()
        self._alive.set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[Wire]:
        """Carry until exit."""
        self._alive.set()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        alive = self._alive
        self._writers |= {writer, far_writer}
        await asyncio.gather(
            _pass_on(reader, far_writer, alive),
            _pass_on(far_reader, writer, alive),
            return_exceptions=True,
        )


async def _pass_on(reader: StreamReader, writer: StreamWriter, alive: asyncio.Event) -> None:
    """Pass on what comes, for as long as the connection is alive; then keep it to oneself."""
    while data := await reader.read(65536):
        if alive.is_set():
            writer.write(data)
    if alive.is_set():
        writer.close()
