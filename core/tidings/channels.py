"""The channels this process listens to, each opened once however many listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tidings.feed import OrderedFeed
from tidings.live import LiveChannel


class _Place:
    """A channel's place in the table, while anybody wants it."""

    __slots__ = ("live", "lock", "users")

    def __init__(self) -> None:
        self.users = 0
        self.lock = asyncio.Lock()
        self.live: LiveChannel | None = None


class Channels:
    """Opens each channel for its first listener and closes it after its last.

    Args:
        make: makes a channel, not yet open, from its name.
    """

    def __init__(self, make: Callable[[str], LiveChannel]) -> None:
        self._make = make
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def listening(self, name: str) -> AsyncIterator[LiveChannel]:
        """Have this channel open; raises what opening it raises."""
        place = self._places.setdefault(name, _Place())
        place.users += 1
        try:
            async with place.lock:
                if place.live is None:
                    live = self._make(name)
                    await live.open()
                    place.live = live
            yield place.live
        finally:
            place.users -= 1
            await self._close_if_unused(name, place)

    def ordered(self) -> Sequence[tuple[str, OrderedFeed]]:
        """Return the open channels that have a log, with their feeds."""
        return [
            (name, place.live.feed)
            for name, place in self._places.items()
            if place.live is not None and isinstance(place.live.feed, OrderedFeed)
        ]

    async def _close_if_unused(self, name: str, place: _Place) -> None:
        async with place.lock:
            if place.users or self._places.get(name) is not place:
                return
            if place.live is not None:
                await place.live.close()
                place.live = None
            if not place.users:
                del self._places[name]
