"""Numbered lines out of a stream of bytes, as they come, in bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from threading import Thread
from typing import BinaryIO, NamedTuple

CHUNK = 64 * 1024
LINE_LIMIT = 1024 * 1024
"""The most bytes of one line; there is room for a notification and thousands of user ids."""

_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line: its number, from 1, and its text; None where it is over the limit."""

    number: int
    text: bytes | None


class LineSplitter:
    """Cuts bytes into lines; never keeps more of a line than `limit` bytes."""

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._number = 0
        self._rest = b""
        self._too_long = False

    def feed(self, chunk: bytes) -> Sequence[Line]:
        """Return the lines that end in this chunk."""
        *ends, rest = chunk.split(b"\n")
        lines = [self._finish(end) for end in ends]
        self._keep(rest)
        return lines

    def end(self) -> Sequence[Line]:
        """Return the last line, if it has no line feed at its end."""
        return [self._finish(b"")] if self._rest or self._too_long else []

    def _finish(self, end: bytes) -> Line:
        self._keep(end)
        self._number += 1
        text = None if self._too_long else self._rest
        if self._number == 1 and text is not None:
            text = text.removeprefix(_BOM)
        self._rest, self._too_long = b"", False
        return Line(self._number, text)

    def _keep(self, part: bytes) -> None:
        self._too_long = self._too_long or len(self._rest) + len(part) > self._limit
        self._rest = b"" if self._too_long else self._rest + part


async def read_lines(stream: BinaryIO) -> AsyncIterator[Sequence[Line]]:
    """Read a stream to its end; each batch holds the lines that came in one reading.

    A pipe that somebody still writes to is heard line by line, and never waited for to fill up.
    """
    raw = getattr(stream, "raw", stream)  # a buffered read would wait for a full buffer
    splitter = LineSplitter()
    while chunk := await _in_thread(lambda: raw.read(CHUNK)):
        if lines := splitter.feed(chunk):
            yield lines
    if lines := splitter.end():
        yield lines


async def _in_thread(read: Callable[[], bytes]) -> bytes:
    """Read in a thread that the process does not wait for, should it be interrupted meanwhile."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bytes] = loop.create_future()

    def work() -> None:
        try:
            result, error = read(), None
        except Exception as failed:
            result, error = b"", failed
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    def settle(result: bytes, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    Thread(target=work, name="tidings reads lines", daemon=True).start()
    return await done
