"""What waits for one receiver, in order and bounded. Sans-I/O: texts and times in, batches out."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import NamedTuple

BATCH = 20
"""The most events in one POST, as with Pusher."""

_BATCH_BYTES = 500_000  # many servers take no more than 1 MB unless told to
_MOST_BYTES = 32 * 1024 * 1024


class _Waiting(NamedTuple):
    text: bytes
    since: float


class Outgoing:
    """The events that one receiver has not taken yet.

    What is taken out stays until `done`, or goes back to the front with `put_back`.

    Args:
        most: how many may wait (and at most 32 MB of them); of more, the oldest are dropped, as
            the newest tell what is true now.
        batch: the most that `take` returns.
    """

    def __init__(self, most: int, batch: int) -> None:
        self._most = most
        self._batch = batch
        self._numbers = count()
        self._waiting: OrderedDict[int | str, _Waiting] = OrderedDict()
        self._taken: list[tuple[int | str, _Waiting]] = []
        self._bytes = 0
        self.dropped = 0
        """How many were lost because there were too many."""

    def __len__(self) -> int:
        return len(self._waiting) + len(self._taken)

    @property
    def is_full_batch(self) -> bool:
        """Whether as many wait as `take` returns at most."""
        return len(self._waiting) >= self._batch

    @property
    def oldest(self) -> float:
        """Since when the first waits."""
        return next(iter(self._waiting.values())).since

    def put(self, text: bytes, since: float, count_of: str | None = None) -> None:
        """Have an event wait.

        Args:
            text: the event, as JSON.
            since: the time.
            count_of: the channel whose count it is: it takes the place of one that waits.
        """
        key = next(self._numbers) if count_of is None else count_of
        before = self._waiting.get(key)
        self._waiting[key] = _Waiting(text, since)
        self._bytes += len(text) - (len(before.text) if before else 0)
        while self._waiting and (len(self) > self._most or self._bytes > _MOST_BYTES):
            self._without(next(iter(self._waiting)))
            self.dropped += 1

    def take(self) -> list[bytes]:
        """Return the first few events, at least one, for one POST."""
        size = 0
        while self._waiting and len(self._taken) < self._batch:
            key, first = next(iter(self._waiting.items()))
            size += len(first.text)
            if self._taken and size > _BATCH_BYTES:
                break
            del self._waiting[key]
            self._taken.append((key, first))
        return [waiting.text for _, waiting in self._taken]

    def done(self) -> None:
        """Forget what was taken: the receiver has it."""
        self._bytes -= sum(len(waiting.text) for _, waiting in self._taken)
        self._taken.clear()

    def put_back(self, old: float) -> int:
        """Have what was taken wait again, before all the rest, but for what waits for too long.

        Args:
            old: what waits since then or longer is given up.

        Returns:
            How many were given up.
        """
        for key, waiting in reversed(self._taken):
            if key in self._waiting:  # a newer count
                self._bytes -= len(waiting.text)
            else:
                self._waiting[key] = waiting
            self._waiting.move_to_end(key, last=False)
        self._taken.clear()
        given_up = [key for key, waiting in self._waiting.items() if waiting.since <= old]
        for key in given_up:
            self._without(key)
        return len(given_up)

    def _without(self, key: int | str) -> None:
        self._bytes -= len(self._waiting.pop(key).text)
