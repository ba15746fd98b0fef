"""Telling the log whom the front stops: seldom, however often it does."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping

from tidings_websocket.counters import Counters

EVERY = 10.0
"""At most how often one limit is spoken of, in seconds."""

_SLOW = "slow"
_WORDS = {
    "connections": "there are as many connections as may be in all",
    "per_address": "one address has as many connections as it may",
    "per_user": "one user has as many connections as they may",
    "handshake": "they did not say in time who they are",
    "origin": "their web page may not connect",
    "rate": "they send more than they may",
    "message": "they send larger messages than they may",
    "subscriptions": "they hear as many channels as they may",
    _SLOW: "they take less than is sent to them",
}

logger = logging.getLogger("tidings.websocket")


class Notices:
    """Looks at the counters now and then, so that a flood of clients is no flood of log lines.

    What it tells of is what the counters counted since it was made, or last told.
    """

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._told = Counter(self._totals())
        self._silent_until: dict[str, float] = {}

    def tell(self, now: float) -> None:
        """Write a line for each limit that stopped somebody, if it was silent for long enough."""
        for limit, total in self._totals().items():
            if total > self._told[limit] and now >= self._silent_until.get(limit, now):
                self._silent_until[limit] = now + EVERY
                self._say(limit, total)

    def tell_rest(self) -> None:
        """Write what was kept back."""
        for limit, total in self._totals().items():
            if total > self._told[limit]:
                self._say(limit, total)

    def _totals(self) -> Mapping[str, int]:
        return {**self._counters.refused, _SLOW: self._counters.slow}

    def _say(self, limit: str, total: int) -> None:
        count, self._told[limit] = total - self._told[limit], total
        logger.warning(
            "clients are turned away: %s",
            _WORDS.get(limit, limit),
            extra={"limit": limit, "count": count, "address": self._counters.latest.get(limit)},
        )
