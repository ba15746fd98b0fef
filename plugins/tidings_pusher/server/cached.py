"""The last event of each cache channel, for who comes later.

Source: Pusher's documents on cache channels: only what the HTTP API published is kept, and for at
most 30 minutes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from tidings_pusher.app import kind_of

KEPT_FOR = 1_800.0
"""How long an event is kept, in seconds."""

_MOST = 10_000


class Kept(NamedTuple):
    """An event, as it was published, and when it is to be forgotten (the clock's time)."""

    name: str
    text: str
    until: float


class Cached:
    """Keeps one event for each channel; of 10,000 channels those that were published to last.

    Args:
        clock: gives the time, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def put(self, channel: str, name: str, text: str) -> None:
        """Keep an event in the place of the one before."""
        self._kept[channel] = Kept(name, text, self._clock() + KEPT_FOR)
        self._kept.move_to_end(channel)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def get(self, channel: str) -> Kept | None:
        """Return the event of a channel, if there is one."""
        kept = self._kept.get(channel)
        if kept is not None and kept.until <= self._clock():
            del self._kept[channel]
            return None
        return kept

    def ttl(self, kept: Kept) -> int:
        """Return for how many more seconds an event is kept."""
        return max(0, round(kept.until - self._clock()))


def is_cache(channel: str) -> bool:
    """Tell whether the last event of a channel is kept, by its name."""
    return kind_of(channel).endswith("cache-")
