"""The ids a channel knows without having their content: one cannot come again as something else."""

from __future__ import annotations

from typing import NamedTuple

from tidings_memory.stretch import Stretch


class Known(NamedTuple):
    """Where an event stood in the log, and what stands for what it said."""

    offset: int
    digest: bytes


class KnownIds:
    """Ids of one channel, until some time after their last trace has gone."""

    __slots__ = ("_known", "_leaving")

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._leaving: Stretch[tuple[float, str]] | None = None

    def get(self, id: str) -> Known | None:  # noqa: A002
        """Return what is known of this id, if anything is."""
        return self._known.get(id)

    def add(self, id: str, offset: int, digest: bytes) -> None:  # noqa: A002
        """Know this id until told when to forget it."""
        self._known[id] = Known(offset, digest)

    def leave(self, id: str, until: float) -> None:  # noqa: A002
        """Forget this id then; later calls name later moments."""
        if self._leaving is None:
            self._leaving = Stretch()
        self._leaving.append((until, id))

    @property
    def due(self) -> float | None:
        """When the next id is to be forgotten."""
        return self._leaving[0][0] if self._leaving else None

    def forget(self, now: float, limit: int) -> int:
        """Forget up to `limit` ids that are due; return how many."""
        count = 0
        while count < limit and self._leaving and self._leaving[0][0] <= now:
            ((_, id),) = self._leaving.drop(1)  # noqa: A001
            del self._known[id]
            count += 1
        return count
