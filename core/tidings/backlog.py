"""What a transport owes and no longer has in its queue: read again from where it is kept.

While a channel is owed for, its new events are owed too, so that order holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tidings.event import Event, Owed, Position
from tidings.protocols import Log, Outbox

Key = tuple[str, Position | None]
"""A channel and a position: which event is meant."""


class Backlog(Protocol):
    """What a sender asks of a backlog."""

    def owes(self, event: Event) -> bool:
        """Tell whether this event must wait for others in the backlog."""

    def add(self, event: Event, now: float) -> bool:
        """Owe this event; False where it has no log, or there is no room for another channel."""

    async def read(self, limit: int) -> Sequence[Owed]:
        """Return the next events to carry, oldest first; none when nothing is owed any more."""

    async def settle(self, events: Sequence[Event], now: float) -> None:
        """Strike these off: carried, or given up."""

    def lost(self) -> Sequence[Key]:
        """Return, once, which events were owed and are to be had no more."""

    def __bool__(self) -> bool:
        """Tell whether anything may be owed."""


class _Stretch(NamedTuple):
    """What is owed of one log: from behind `after` through `through`, the oldest since then."""

    epoch: str
    after: int
    through: int
    since: float


class LogBacklog:
    """Owes stretches of channels' logs; kept in memory, a few numbers a channel."""

    def __init__(self, log: Log, channels: int) -> None:
        self._log = log
        self._channels = channels
        self._stretches: dict[str, _Stretch] = {}
        self._lost: list[Key] = []

    def __bool__(self) -> bool:
        return bool(self._stretches)

    def owes(self, event: Event) -> bool:
        """Tell whether its channel is among those that are owed."""
        return event.channel in self._stretches

    def add(self, event: Event, now: float) -> bool:
        """Owe an event that has a position, unless that is one channel too many."""
        if event.position is None:
            return False
        (epoch, offset), known = event.position, self._stretches.get(event.channel)
        if known is None and len(self._stretches) >= self._channels:
            return False
        if known is not None and known.epoch != epoch:
            self._lose(event.channel, known, known.through)
            known = None
        known = known or _Stretch(epoch, offset - 1, offset, now)
        self._stretches[event.channel] = known._replace(through=offset)
        return True

    async def read(self, limit: int) -> Sequence[Owed]:
        """Read the oldest of one stretch out of the log."""
        while self._stretches:
            channel, asked = next(iter(self._stretches.items()))
            answer = await self._log.recall(channel, asked.after, limit)
            stretch = self._stretches[channel]
            if stretch.epoch != asked.epoch:
                continue
            events = [e for e in answer.events if _lies_in(e, stretch)]
            if events:
                self._lose(channel, stretch, min(answer.first - 1, stretch.through))
                return [Owed(event, stretch.since) for event in events]
            self._lose(channel, stretch, stretch.through)  # trimmed or forgotten meanwhile
            del self._stretches[channel]
        return ()

    async def settle(self, events: Sequence[Event], now: float) -> None:
        """Take these off the beginnings of their stretches."""
        for event in events if self._stretches else ():
            stretch = self._stretches.get(event.channel)
            if stretch is None or not _lies_in(event, stretch) or event.position is None:
                continue
            after = event.position.offset
            self._stretches[event.channel] = stretch._replace(after=after, since=now)
            if after >= stretch.through:
                del self._stretches[event.channel]

    def lost(self) -> Sequence[Key]:
        """Return, once, what was trimmed before it was carried."""
        lost, self._lost = self._lost, []
        return lost

    def _lose(self, channel: str, stretch: _Stretch, through: int) -> None:
        lost = range(stretch.after + 1, through + 1)
        self._lost += [(channel, Position(stretch.epoch, offset)) for offset in lost]


def _lies_in(event: Event, stretch: _Stretch) -> bool:
    position = event.position
    return (
        position is not None
        and position.epoch == stretch.epoch
        and stretch.after < position.offset <= stretch.through
    )


class OutboxBacklog:
    """Owes what the store's outbox has for this carrier; survives a restart."""

    def __init__(self, outbox: Outbox, carrier: str) -> None:
        self._outbox = outbox
        self._carrier = carrier
        self._more = True  # what an earlier process left
        self._added = False

    def __bool__(self) -> bool:
        return self._more

    def owes(self, event: Event) -> bool:
        """Tell whether the outbox may hold what comes before it."""
        return self._more and event.position is not None

    def add(self, event: Event, now: float) -> bool:  # noqa: ARG002 (the store noted it, and when)
        """Note that the outbox has more: the store wrote it there."""
        if event.position is None:
            return False
        self._more = self._added = True
        return True

    def lost(self) -> Sequence[Key]:
        """Return nothing, as ever."""
        return ()  # what is in the outbox is not trimmed with the log

    async def read(self, limit: int) -> Sequence[Owed]:
        """Read the oldest out of the outbox."""
        while True:
            self._added = False
            owed = await self._outbox.owed(self._carrier, limit)
            if owed:
                return owed
            if not self._added:
                self._more = False
                return ()

    async def settle(self, events: Sequence[Event], now: float) -> None:  # noqa: ARG002
        """Strike these off in the outbox."""
        logged = [event for event in events if event.position is not None]
        if logged:
            await self._outbox.settle(self._carrier, logged)
