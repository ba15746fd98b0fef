"""A line to a PostgreSQL server that can be cut and mended, as networks do it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

_SOCKET = ".s.PGSQL.5432"


class Cable:
    """What is connected through it.

    Attributes:
        url: where to connect.
        refused: set when somebody has tried to while it was cut.
    """

    def __init__(self, url: str, far_end: Path) -> None:
        self.url = url
        self.refused = asyncio.Event()
        self._far_end = far_end
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End every connection, and let none through."""
        self._is_cut = True
        self.refused.clear()
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join one connection to the server, until either side ends it."""
        if self._is_cut:
            self.refused.set()
            return writer.close()
        far_reader, far_writer = await asyncio.open_unix_connection(self._far_end)
        self._writers |= (both := {writer, far_writer})
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        self._writers -= both
        return None


@asynccontextmanager
async def cable(url: str) -> AsyncIterator[Cable]:
    """Lay one to the server of this URL."""
    parsed = make_url(url)
    far_end = Path(str(parsed.query["host"])) / _SOCKET
    with TemporaryDirectory(prefix="tidings-") as folder:
        through = parsed.update_query_dict({"host": folder})
        laid = Cable(through.render_as_string(hide_password=False), far_end)
        async with await asyncio.start_unix_server(laid.connected, Path(folder) / _SOCKET):
            yield laid
            laid.cut()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
