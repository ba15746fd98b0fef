"""Which events of one logged channel may leave now: exactly once, in order. Sans-I/O.

Whatever a transport does (loses, repeats, delays, reorders), `Order` releases each offset once
and in sequence, and says when the log must be asked. Whoever drives it then reads the log and
hands the answer in; nothing here waits, sleeps or keeps a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tidings.event import Event, Position, Recalled

Reason = Literal["trimmed", "new epoch", "behind"]


@dataclass(frozen=True, slots=True)
class Lost:
    """The log no longer has what comes next; listeners must take a new snapshot."""

    reason: Reason
    head: Position


class Order:
    """The order of one channel.

    Args:
        head: where to begin: the next event to leave is the one after it.
        held: the most events kept waiting behind a hole; past it the highest are dropped, and
            read from the log in their turn.
    """

    __slots__ = ("_bound", "_expected", "_held", "epoch", "foreign", "offset")

    def __init__(self, head: Position, held: int = 1000) -> None:
        self.epoch, self.offset = head
        self.foreign = False
        self._bound = held
        self._held: dict[int, Event] | None = None  # made for the first hole
        self._expected = head.offset

    @property
    def head(self) -> Position:
        """The position of the last event released."""
        return Position(self.epoch, self.offset)

    @property
    def behind(self) -> bool:
        """Whether an event that exists has not come: wait a little, then recall after `offset`."""
        return self._expected > self.offset

    def receive(self, event: Event) -> list[Event]:
        """Take an event from a transport; return those that may leave now, in order."""
        position = event.position
        if position is None:
            return [event]
        if position.epoch != self.epoch:
            self.foreign = True  # ask the head
            return []
        if position.offset <= self.offset:
            return []
        if position.offset > self.offset + 1:
            self._hold(position.offset, event)
            return []
        self.offset += 1
        return [event, *self._follow(self._held)] if self._held else [event]

    def recalled(self, answer: Recalled, after: int) -> tuple[list[Event], Lost | None]:
        """Take a reading of the log; return what may leave, and what is lost.

        An answer that is short but whose `first` does not lie beyond the hole is lag: `behind`
        stays true.

        Args:
            answer: what the log said.
            after: `offset` at the moment of asking; events may have been released since.
        """
        lost = missing(Position(self.epoch, after), answer)
        came_meanwhile = lost and lost.reason == "trimmed" and answer.first <= self.offset + 1
        if lost and not came_meanwhile:
            return [], lost
        released: list[Event] = []
        for event in answer.events:
            released += self.receive(event)
        self.expect(answer.head)
        return released, None

    def ask(self) -> Position:
        """Return `head`, for the log to be asked its own; what is foreign after this asks again."""
        self.foreign = False
        return self.head

    def headed(self, head: Position, asked_at: int) -> Lost | None:
        """Take the log's newest position; return what is lost, if that is what it tells.

        Args:
            head: what the log said.
            asked_at: `offset` at the moment of asking; the answer may be older than what has
                been released since.
        """
        if head.epoch != self.epoch:
            return Lost("new epoch", head)
        if head.offset < asked_at:
            return Lost("behind", head)
        self.expect(head.offset)
        return None

    def expect(self, offset: int) -> None:
        """Note that events up to this offset exist."""
        self._expected = max(self._expected, offset)

    def restart(self, head: Position) -> None:
        """Begin anew after a loss; whatever was held is in the log, if it is anywhere."""
        foreign = self.foreign
        self.__init__(head, self._bound)  # type: ignore[misc]
        self.foreign = foreign

    def _hold(self, offset: int, event: Event) -> None:
        self.expect(offset)
        held = self._held = self._held or {}
        held[offset] = event
        if len(held) > self._bound:
            del held[max(held)]

    def _follow(self, held: dict[int, Event]) -> list[Event]:
        followed = []
        while (event := held.pop(self.offset + 1, None)) is not None:
            self.offset += 1
            followed.append(event)
        return followed


def missing(position: Position, answer: Recalled) -> Lost | None:
    """Tell whether a reading of the log after `position` shows that what follows it is lost."""
    head = Position(answer.epoch, answer.head)
    if answer.epoch != position.epoch:
        return Lost("new epoch", head)
    if answer.head < position.offset:
        return Lost("behind", head)
    if answer.first > position.offset + 1:
        return Lost("trimmed", head)
    return None
