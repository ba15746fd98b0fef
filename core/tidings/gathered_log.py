"""A log as very many channels read it: what is asked one by one is read together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tidings.errors import StoreError
from tidings.event import Position, Recalled
from tidings.protocols import Log

PART = 1000
"""The most channels in one reading, so that no turn of the event loop becomes a long one."""


class _Asked(NamedTuple):
    channel: str
    head: asyncio.Future[Position]


class GatheredLog:
    """Reads a log, and the heads of many channels in one reading.

    Thousands of clients that come back at once ask for the head of a channel each. Those asked
    for in one turn of the event loop, or while a reading is under way, are read together. It
    costs a task only while something is asked.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._waiting: list[_Asked] = []
        self._reading: asyncio.Task[None] | None = None

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        """Read the log, as it is."""
        return await self._log.recall(channel, after, limit)

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest position of each of these channels."""
        loop = asyncio.get_running_loop()
        asked = [_Asked(channel, loop.create_future()) for channel in channels]
        self._waiting += asked
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(), name="tidings heads")
        return {channel: await head for channel, head in asked}

    async def aclose(self) -> None:
        """Read no more; whoever waits is told."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def _read(self) -> None:
        try:
            while self._waiting:
                part, self._waiting = self._waiting[:PART], self._waiting[PART:]
                await self._answer(part)
        finally:
            self._reading = None
            left, self._waiting = self._waiting, []
            _fail(left, _cut_off())

    async def _answer(self, asked: Sequence[_Asked]) -> None:
        try:
            heads = await self._log.heads([channel for channel, _ in asked])
            for channel, head in asked:
                if not head.done():  # else whoever asked has gone
                    head.set_result(heads[channel])
        except Exception as error:
            _fail(asked, error)
        finally:
            _fail(asked, _cut_off())


def _fail(asked: Sequence[_Asked], error: Exception) -> None:
    for _, head in asked:
        if not head.done():
            head.set_exception(error)


def _cut_off() -> StoreError:
    return StoreError("the log was closed before it had told where it is: try again")
