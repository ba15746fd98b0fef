"""How often something may happen: a bucket of tokens, without a clock of its own."""

from __future__ import annotations


class Rate:
    """Lets `per_second` things happen, and twice as many (at least one) at once after some rest."""

    __slots__ = ("_at", "_left", "_most", "_per_second")

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._left = self._most = max(1.0, 2 * per_second)
        self._at = now

    def allows(self, now: float) -> bool:
        """Count one thing that happens now (in seconds, as of any beginning)."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
