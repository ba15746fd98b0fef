"""What is told at most once in a while, channel by channel."""

from __future__ import annotations

from collections import OrderedDict

PAUSE = 10.0
"""How long, in seconds, no second `cache_miss` of a channel is reported."""


class Seldom:
    """Tells whether a channel's turn has come.

    Args:
        pause: for how long, in seconds, it has none after the last.
        most: how many channels are remembered; the one forgotten first is that of long ago.
    """

    def __init__(self, pause: float = PAUSE, most: int = 10_000) -> None:
        self._pause = pause
        self._most = most
        self._until: OrderedDict[str, float] = OrderedDict()

    def allows(self, channel: str, now: float) -> bool:
        """Tell so, and count this turn."""
        if self._until.get(channel, now) > now:
            return False
        self._until[channel] = now + self._pause
        self._until.move_to_end(channel)
        if len(self._until) > self._most:
            self._until.popitem(last=False)
        return True
