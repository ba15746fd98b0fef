"""One channel's log: recent events by their offsets."""

from __future__ import annotations

from tidings.event import Event, Position, Recalled
from tidings_memory.stretch import Stretch


class ChannelLog:
    """Events from offset `first` through `head`, without holes.

    Attributes:
        epoch: which log this is.
        first: the oldest offset that is still here; head + 1 where there is none.
        head: the newest offset ever given.
    """

    __slots__ = ("_events", "epoch", "first", "head")

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.first = 1
        self.head = 0
        self._events: Stretch[Event] = Stretch()

    @property
    def position(self) -> Position:
        """The newest position."""
        return Position(self.epoch, self.head)

    def append(self, event: Event) -> None:
        """Add the event of the offset after the head."""
        self.head += 1
        self._events.append(event)

    def get(self, offset: int) -> Event | None:
        """Return the event at this offset, or None where it is trimmed."""
        index = offset - self.first
        return self._events[index] if index >= 0 else None

    def replace(self, offset: int, event: Event) -> None:
        """Put another event in the place of one that is here."""
        self._events[offset - self.first] = event

    def recall(self, after: int, limit: int) -> Recalled:
        """Read up to `limit` events behind the offset `after`."""
        events = self._events.read(max(after + 1 - self.first, 0), limit)
        return Recalled(events, self.epoch, self.first, self.head)

    def drop(self, through: int) -> list[Event]:
        """Drop the events up to and including this offset; return them."""
        if through < self.first:
            return []
        dropped = self._events.drop(through + 1 - self.first)
        self.first += len(dropped)
        return dropped
