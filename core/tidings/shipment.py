"""What became of one push on one transport."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a transport did with the events of one push, as of now.

    state: "carried": the far side has taken them all. "retrying": an attempt failed, more follow.
    "given up": at least one of them will not be carried. error: why not, or what failed last.
    """

    transport: str
    state: Literal["carried", "retrying", "given up"]
    error: Exception | None = None


class Attempts:
    """How a transport is doing: its last error, and a way to wait for its next attempt."""

    def __init__(self, transport: str) -> None:
        self.transport = transport
        self.error: Exception | None = None
        self._watchers: set[asyncio.Future[None]] = set()

    def made(self, error: Exception | None) -> None:
        """Note an attempt and how it ended."""
        self.error = error
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)

    async def next(self) -> None:
        """Wait for the next attempt to end."""
        watcher = asyncio.get_running_loop().create_future()
        self._watchers.add(watcher)
        try:
            await watcher
        finally:
            self._watchers.discard(watcher)


class Shipment:
    """The events of one push on their way through one transport."""

    __slots__ = ("__weakref__", "attempts", "error", "left")

    def __init__(self, attempts: Attempts) -> None:
        self.attempts = attempts
        self.left = 0  # events neither carried nor given up yet
        self.error: Exception | None = None  # why one was given up

    async def outcome(self) -> Outcome:
        """Wait until all is carried or given up, or the transport is known to be failing."""
        while self.left and self.attempts.error is None:
            await self.attempts.next()
        if self.left:
            return Outcome(self.attempts.transport, "retrying", self.attempts.error)
        return Outcome(self.attempts.transport, "given up" if self.error else "carried", self.error)
