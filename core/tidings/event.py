"""What travels: events and their positions, and what a store or a listener says of them.

These are plain, slotted records: hundreds of thousands are made a second, so nothing here
validates. Names are checked where they come in (`tidings.names`), data where it is encoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple


class Position(NamedTuple):
    """A place in a channel's log.

    Offsets run from 1 without holes within one epoch; offset 0 is the place before the first
    event. A new epoch says that this is not the log you were reading: offsets of different
    epochs have nothing to do with each other.
    """

    epoch: str
    offset: int


class Counts(NamedTuple):
    """What a badge shows, as of one position.

    pending: not opened, archived, deleted or expired. unseen: pending and not yet seen either.
    """

    pending: int
    unseen: int


class Event(NamedTuple):
    """What travels on a channel.

    `data` is JSON in UTF-8, made once and never parsed on the way. `position` and `counts` are
    there once a store has appended the event to its channel's log. `origin` names the
    connection that an event came from, so that its own front need not send it back there.
    """

    channel: str
    name: str
    data: bytes
    id: str
    position: Position | None = None
    counts: Counts | None = None
    origin: str | None = None


class Stored(NamedTuple):
    """A store's word that an event is in the log, at this position.

    A duplicate (same id, same content) was there before: nothing was added, and the position
    is the old one. `counts` is None where the channel is nobody's inbox, or no longer known.

    Example:
        receipt = await tidings.push("ann", Notification(heading="Build passed"))
        if isinstance(result := receipt.results["ann"], Stored):
            print("stands at", result.position.offset)
    """

    position: Position
    counts: Counts | None = None
    duplicate: bool = False


class Scheduled(NamedTuple):
    """A store's word that an event will be appended at `at`, and not before.

    Example:
        receipt = await tidings.push("ann", Notification(heading="Lunch", send_after=noon))
        if isinstance(result := receipt.results["ann"], Scheduled):
            print("comes at", result.at)
    """

    at: datetime
    duplicate: bool = False


class Passed(NamedTuple):
    """The core's word that an event of a channel without a log went straight to the transports.

    Example:
        receipt = await tidings.publish("news", "headline", {"text": "Rain at last"})
        assert isinstance(receipt.results["news"], Passed)
    """


class Staged(NamedTuple):
    """A store's word that an event will be appended if the caller's transaction commits.

    If it is rolled back, there never was one.
    """


class Owed(NamedTuple):
    """An event that a carrier has not carried yet, and since when (seconds since 1970).

    Example:
        async def owed(self, carrier, limit):  # of a store with an `Outbox`
            rows = self.oldest(carrier, limit)
            return [Owed(event, since.timestamp()) for event, since in rows]
    """

    event: Event
    since: float


class Fired(NamedTuple):
    """What fell due: events now in the log, and when the next one does (None: nothing waits).

    Example:
        async def fire(self, now, limit):  # of a store with nothing to schedule
            return Fired((), due=None)
    """

    events: Sequence[Event]
    due: datetime | None


class Recalled(NamedTuple):
    """A stretch of a channel's log, read at one moment.

    events: in order, without holes. first: the oldest offset the log still has (head + 1 when
    it has none). head: the newest offset ever given in this epoch.

    Example:
        async def recall(self, channel, after, limit):  # of a store that trims nothing
            events = self.logs[channel]
            return Recalled(events[after : after + limit], self.epoch, 1, len(events))
    """

    events: Sequence[Event]
    epoch: str
    first: int
    head: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Told to a listener in place of events it can no longer have: take a new snapshot.

    `position` is where the listener stands now; what follows comes right behind it.
    """

    channel: str
    position: Position
    reason: Literal["trimmed", "new epoch", "behind"]


@dataclass(frozen=True, slots=True)
class Lagged:
    """Told to a listener of a channel without a log that was too slow: `missed` events are gone."""

    channel: str
    missed: int


Delivery = Event | Reset | Lagged
