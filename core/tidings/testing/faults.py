"""What a bad line does to the events on it. Sans-I/O, and without a clock: late means later."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tidings.event import Event


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely each fault is (0 to 1), and how many late events are held at most."""

    drop: float
    repeat: float
    delay: float
    held: int

    def __post_init__(self) -> None:
        for fault in ("drop", "repeat", "delay"):
            if not 0 <= (value := getattr(self, fault)) <= 1:
                raise ValueError(f"{fault}={value}: give a probability, 0 to 1")
        if self.held < 0:
            raise ValueError(f"held={self.held}: give how many events may be late at once")


class Line:
    """One line of events, on which some get lost, doubled, late and out of order."""

    __slots__ = ("_late", "_odds", "_random")

    def __init__(self, random: Random, odds: Odds) -> None:
        self._random = random
        self._odds = odds
        self._late: list[Event] = []

    def carry(self, event: Event) -> list[Event]:
        """Put an event on the line; return what arrives now."""
        chance, odds = self._random.random, self._odds
        due = [self._late_one() for _ in range(len(self._late)) if chance() < odds.delay]
        arriving: list[Event] = []
        copies = 0 if chance() < odds.drop else 2 if chance() < odds.repeat else 1
        for _ in range(copies):
            (self._late if chance() < odds.delay else arriving).append(event)
        while len(self._late) > odds.held:
            due.append(self._late_one())
        return arriving + due

    def clear(self) -> list[Event]:
        """Return all that is late, in some order."""
        return [self._late_one() for _ in range(len(self._late))]

    def _late_one(self) -> Event:
        return self._late.pop(self._random.randrange(len(self._late)))
