"""How long to wait before trying again: exponential, with jitter, bounded."""

from __future__ import annotations

import random


class Backoff:
    """A growing series of pauses in seconds, each drawn between half and all of its bound.

    Jitter keeps many who failed together from coming back together.
    """

    def __init__(self, first: float = 0.1, most: float = 10.0) -> None:
        self._bound = first
        self._most = most

    def next(self) -> float:
        """Return the next pause and double the bound for the one after."""
        pause = self._bound * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)
        self._bound = min(self._bound * 2, self._most)
        return pause
