"""The newest events that passed through the process."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from tidings import Event
from tidings.event import Delivery


class Seen(NamedTuple):
    """An event, and when it passed."""

    at: datetime
    event: Event


class Recent:
    """Keeps the newest events that were accepted here, and the newest that clients here heard.

    It is an observer (see `Tidings.observe`).

    Args:
        clock: gives the time.

    Attributes:
        accepted: how many events the process has taken in.
        told: how many its clients heard, and its own listeners: each once, however many listen.
    """

    KEPT = 50
    """How many of each are kept, whole: in bytes, so many times what an event may have."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.accepted = self.told = 0
        self._clock = clock
        self._shipped: deque[Seen] = deque(maxlen=self.KEPT)
        self._heard: deque[Seen] = deque(maxlen=self.KEPT)

    def shipped(self, events: Sequence[Event]) -> None:
        """Keep what was accepted."""
        self.accepted += len(events)
        now = self._clock()
        self._shipped.extend([Seen(now, event) for event in events[-self.KEPT :]])

    def heard(self, deliveries: Sequence[Delivery]) -> None:
        """Keep what was heard."""
        self.told += len(deliveries)
        now = self._clock()
        newest = deliveries[-self.KEPT :]
        self._heard.extend([Seen(now, each) for each in newest if isinstance(each, Event)])

    def newest(self) -> Sequence[Seen]:
        """Return the newest events, each once, the newest first."""
        found: dict[tuple[str, str], Seen] = {}
        for seen in sorted([*self._shipped, *self._heard], key=lambda seen: seen.at):
            found.setdefault((seen.event.channel, seen.event.id), seen)
        return list(found.values())[: -self.KEPT - 1 : -1]
