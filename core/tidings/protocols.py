"""What only one provider can answer: methods a plugin object has beside its hooks.

They are checked when a plugin is registered, and by mypy. A store needs `persist` and `Log`.
The rest is optional: without `InboxRows` the core folds the log; without `Schedule`, `Staging`,
`Revocations` or `Presence`, what needs them is refused by name; without `Outbox`, what a carrier
still owes is kept in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, runtime_checkable

from tidings.event import Counts, Event, Fired, Owed, Position, Recalled, Scheduled
from tidings.page import Filter, Page
from tidings.presence import Member


@runtime_checkable
class Log(Protocol):
    """Each channel's recent events. Required of a store."""

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        """Read up to `limit` events with offsets greater than `after`, oldest first.

        Holes at the old end are what trimming left (`first` tells); there are none after it.
        A channel never written to has head 0 and an epoch already.
        """

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest position of each of these channels, in one reading."""

    async def trim(self, channel: str, through: int) -> None:
        """Forget the events up to and including this offset; ids stay known for 7 days."""

    async def forget(self, channel: str) -> None:
        """Erase all the store knows of this channel (log, inbox, schedule, ids); begin an epoch.

        The core then says so on the channel. A store that `carries` may have done that itself.
        """


@runtime_checkable
class InboxRows(Protocol):
    """The inbox as a projection that the store keeps; see `tidings.inbox_fold` for its rules."""

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        """Read up to `limit` entries, newest first, with offsets below `before`.

        Entries, counts and position are of one moment: what comes after it is live.
        """

    async def counts(self, channel: str) -> Counts:
        """Return what the badge shows now."""


@runtime_checkable
class Schedule(Protocol):
    """What the store appends later by itself: scheduled notifications, expiry, retention."""

    async def schedule(
        self, events: Sequence[Event], at: datetime
    ) -> Sequence[Scheduled | Exception]:
        """Keep these events until `at`. Ids count as in `persist`: a known one is a duplicate."""

    async def cancel(self, id: str) -> int:  # noqa: A002
        """Drop what is scheduled under this id and not yet fired; return for how many users."""

    async def fire(self, now: datetime, limit: int) -> Fired:
        """Append up to `limit` events due at `now`; what was kept for them goes in the same step.

        Expired and evicted notifications leave their inboxes by events too, and logs are trimmed
        to their retention. Called by one task, at least once a second.
        """


@runtime_checkable
class Staging(Protocol):
    """Events that are part of a transaction of the application's own. Of a `Schedule`.

    They are in the log if and only if that transaction commits: `Schedule.fire` appends those
    whose transaction has, each once, in the order in which they were staged. Where it finds a
    duplicate or a `Conflict`, nobody is left to be told: it logs and counts that.
    """

    async def stage(
        self,
        connection: object,
        events: Sequence[Event],
        at: datetime | None,
        committed: Callable[[], None],
    ) -> None:
        """Write these events with the application's connection, and nothing else.

        It awaits nothing where the connection is not async, for it then is called without a loop.

        Args:
            connection: as the application has it; raise `Unsupported` if it is of no known kind.
            events: at least one, without positions.
            at: append them no earlier than this.
            committed: call it once the transaction may have committed, from any thread, if that
                can be known; `fire` is called soon after.
        """


@runtime_checkable
class Outbox(Protocol):
    """What carriers still owe, kept with the log so that a restart resumes it.

    A store that has it notes each event in the transaction that persists it, once for each name
    in `Tidings.carriers`.
    """

    async def owed(self, carrier: str, limit: int) -> Sequence[Owed]:
        """Return the oldest events this carrier has not carried yet, in order."""

    async def settle(self, carrier: str, events: Sequence[Event]) -> None:
        """Strike these off: carried, or given up."""


@runtime_checkable
class Revocations(Protocol):
    """From when on a user's tokens count; what was issued before is cut off."""

    async def revoke(self, user: str, not_before: datetime) -> None:
        """Refuse this user's tokens that were issued before this moment."""

    async def not_before(self, user: str) -> datetime | None:
        """Return that moment, or None where nothing was revoked."""


@runtime_checkable
class Presence(Protocol):
    """Who is on a channel, counted by distinct user. Of brokers with the ability `presence`."""

    def enter(self, channel: str, member: Member) -> AbstractAsyncContextManager[None]:
        """Count one more connection of this member, until exit.

        The first of a user brings `tidings:member_added` to the channel's listeners, leaving the
        last `tidings:member_removed`.
        """

    async def members(self, channel: str) -> Sequence[Member]:
        """Return who is there, each user once, in the order they came."""
