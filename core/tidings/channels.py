"""The channels this process listens to, each opened once however many listen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from tidings.errors import Closed
from tidings.feed import OrderedFeed
from tidings.live import LiveChannel

_AT_ONCE = 100
"""How many channels are closed at the same time in the end."""


class _Place:
    """A channel's place in the table, while anybody wants it.

    Whoever waits for its lock counts as a user. So it is replaced only when nobody waits.
    """

    __slots__ = ("live", "lock", "users")

    def __init__(self) -> None:
        self.users = 0
        self.live: LiveChannel | None = None
        self.lock: asyncio.Lock | None = None  # only while it is being opened or closed

    def changing(self) -> asyncio.Lock:
        if self.lock is None:
            self.lock = asyncio.Lock()
        return self.lock

    def is_unused(self) -> bool:
        return not self.users

    async def close(self) -> None:
        live, self.live = self.live, None
        if live is not None:
            await live.close()


class Channels:
    """Opens each channel for its first user and closes it after its last.

    Args:
        make: makes a channel, not yet open, from its name.
    """

    def __init__(self, make: Callable[[str], LiveChannel]) -> None:
        self._make = make
        self._places: dict[str, _Place] = {}
        self._closed = False

    async def open(self, name: str) -> LiveChannel:
        """Return this channel, open; `release` it once for each time that it was opened.

        Raises what opening it raises, and `Closed` once all are closed.
        """
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = _Place()
        place.users += 1
        try:
            return place.live or await self._opened(name, place)
        except BaseException:
            await self._leave(name, place)
            raise

    async def release(self, name: str) -> None:
        """Let go of a channel that was opened; after the last of its users it is closed."""
        if (place := self._places.get(name)) is not None:  # else all were closed
            await self._leave(name, place)

    async def close(self) -> None:
        """Close all channels, whoever uses them, and open none any more."""
        self._closed = True
        places = list(self._places.values())
        self._places.clear()
        for start in range(0, len(places), _AT_ONCE):
            closing = [place.close() for place in places[start : start + _AT_ONCE]]
            await asyncio.gather(*closing)

    def ordered(self) -> Sequence[tuple[str, OrderedFeed]]:
        """Return the open channels that have a log, with their feeds."""
        return [
            (name, place.live.feed)
            for name, place in self._places.items()
            if place.live is not None and isinstance(place.live.feed, OrderedFeed)
        ]

    async def _opened(self, name: str, place: _Place) -> LiveChannel:
        async with place.changing():
            live = place.live
            if live is None:
                live = place.live = await self._made(name)
            place.lock = None
            return live

    async def _made(self, name: str) -> LiveChannel:
        if not self._closed:
            live = self._make(name)
            await live.open()
            if not self._closed:
                return live
            await live.close()
        raise Closed("this Tidings object is closing: no channel is opened any more")

    async def _leave(self, name: str, place: _Place) -> None:
        place.users -= 1
        if not place.is_unused():
            return
        async with place.changing():
            try:
                if place.is_unused():
                    await place.close()
            finally:
                if place.is_unused() and self._places.get(name) is place:
                    del self._places[name]
