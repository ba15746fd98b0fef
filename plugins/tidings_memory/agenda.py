"""What is to be done when: a heap whose entries may be moved and dropped."""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Agenda(Generic[K]):
    """Keys, each at one moment (seconds since 1970), taken in the order of their moments.

    An entry that was moved or dropped stays in the heap until it comes up, or until such entries
    are the greater part. So whatever waits costs nothing until it is due.
    """

    __slots__ = ("_at", "_heap", "_turn")

    def __init__(self) -> None:
        self._at: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._turn = 0  # keys of one moment are taken in the order they were planned in

    def __len__(self) -> int:
        return len(self._at)

    def plan(self, key: K, at: float) -> None:
        """Put this key at this moment, and nowhere else."""
        self._at[key] = at
        self._turn += 1
        heappush(self._heap, (at, self._turn, key))
        self._tidy()

    def drop(self, key: K) -> None:
        """Take this key off, if it is on."""
        self._at.pop(key, None)
        self._tidy()

    @property
    def due(self) -> float | None:
        """The moment of the next key, or None where there is none."""
        while self._heap:
            at, _, key = self._heap[0]
            if self._at.get(key) == at:
                return at
            heappop(self._heap)
        return None

    def take(self, now: float) -> K | None:
        """Take off the next key if its moment has come; else return None."""
        due = self.due
        if due is None or due > now:
            return None
        _, _, key = heappop(self._heap)
        del self._at[key]
        return key

    def _tidy(self) -> None:
        if len(self._heap) > 2 * len(self._at) + 64:
            self._heap = [entry for entry in self._heap if self._at.get(entry[2]) == entry[0]]
            heapify(self._heap)
