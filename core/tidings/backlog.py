"""What a transport owes and no longer has in its queue: read again from where it is kept.

While a channel is owed for, its new events are owed too, so that order holds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from tidings.event import Event, Owed
from tidings.protocols import Log, Outbox


class Backlog(Protocol):
    """What a sender asks of a backlog."""

    def owes(self, event: Event) -> bool:
        """Tell whether this event must wait for others in the backlog."""

    def add(self, event: Event) -> bool:
        """Owe this logged event; False where there is no room for another channel."""

    async def read(self, limit: int) -> Sequence[Owed]:
        """Return the next events to carry, oldest first; none when nothing is owed any more."""

    async def settle(self, events: Sequence[Event]) -> None:
        """Strike these off: carried, or given up."""

    def __bool__(self) -> bool:
        """Tell whether anything may be owed."""


class LogBacklog:
    """Owes stretches of channels' logs; kept in memory, a few numbers a channel."""

    def __init__(self, log: Log, channels: int) -> None:
        self._log = log
        self._channels = channels
        self._stretches: dict[str, tuple[int, int, float]] = {}  # after, through, since

    def __bool__(self) -> bool:
        return bool(self._stretches)

    def owes(self, event: Event) -> bool:
        return event.channel in self._stretches

    def add(self, event: Event) -> bool:
        if event.position is None:
            return False
        offset = event.position.offset
        after, _, since = self._stretches.get(event.channel, (offset - 1, offset, time.time()))
        if len(self._stretches) >= self._channels and event.channel not in self._stretches:
            return False
        self._stretches[event.channel] = (after, offset, since)
        return True

    async def read(self, limit: int) -> Sequence[Owed]:
        while self._stretches:
            channel, (after, _, since) = next(iter(self._stretches.items()))
            answer = await self._log.recall(channel, after, limit)
            _, through, _ = self._stretches[channel]
            events = [e for e in answer.events if e.position and e.position.offset <= through]
            if events:
                return [Owed(event, since) for event in events]
            del self._stretches[channel]  # trimmed or forgotten meanwhile
        return ()

    async def settle(self, events: Sequence[Event]) -> None:
        for event in events if self._stretches else ():
            stretch = self._stretches.get(event.channel)
            if stretch and event.position and stretch[0] < event.position.offset:
                after, through, since = event.position.offset, *stretch[1:]
                self._stretches[event.channel] = (after, through, since)
                if after >= through:
                    del self._stretches[event.channel]


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
        return self._more and event.position is not None

    def add(self, event: Event) -> bool:
        self._more = self._added = event.position is not None  # the store noted it already
        return self._more

    async def read(self, limit: int) -> Sequence[Owed]:
        while True:
            self._added = False
            owed = await self._outbox.owed(self._carrier, limit)
            if owed:
                return owed
            if not self._added:
                self._more = False
                return ()

    async def settle(self, events: Sequence[Event]) -> None:
        logged = [event for event in events if event.position is not None]
        if logged:
            await self._outbox.settle(self._carrier, logged)
