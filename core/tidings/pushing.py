"""A notification on its way to its users: now, later, or if a transaction commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from tidings.errors import InvalidData
from tidings.event import Event, Staged
from tidings.names import user_channel
from tidings.notification import NOTIFICATION, Notification
from tidings.protocols import Schedule, Staging
from tidings.receipt import Receipt, receipt_of
from tidings.running import Running
from tidings.scheduler import Scheduler


@dataclass(frozen=True, slots=True)
class Push:
    """One notification for some users, each of whom has an event of it.

    Each method raises as `Tidings.push` says.
    """

    users: Sequence[str]
    notification: Notification
    events: Sequence[Event]

    @classmethod
    def of(cls, users: str | Iterable[str], notification: Notification) -> Self:
        """Make the events; a user named twice has one."""
        if not isinstance(notification, Notification):
            raise TypeError(f"push a Notification, not {type(notification).__name__}")
        if not isinstance(users, Iterable):
            user_channel(users)  # it raises, and says how an id is given
        names = [users] if isinstance(users, str) else list(dict.fromkeys(users))
        data = notification.to_json()
        events = [Event(user_channel(name), NOTIFICATION, data, notification.id) for name in names]
        return cls(names, notification, events)

    @property
    def is_timed(self) -> bool:
        """Whether it begins or ends at some moment."""
        return not (self.notification.send_after is None and self.notification.expires_at is None)

    async def submit(self, running: Running) -> Receipt:
        """Give it to its users now."""
        accepted = await running.submit(self.events)
        return receipt_of(self.users, accepted.results, accepted.shipments)

    async def submit_timed(self, running: Running, schedule: Schedule, now: datetime) -> Receipt:
        """Give it to its users when it is time, which may be now."""
        self._refuse_expired(now)
        at = self.notification.send_after
        if at is not None and at > now:
            receipt = receipt_of(self.users, await schedule.schedule(self.events, at))
        else:
            receipt = await self.submit(running)
        if running.scheduler is not None:
            running.scheduler.wake()
        return receipt

    async def stage(
        self, staging: Staging, connection: object, scheduler: Scheduler, now: datetime
    ) -> Receipt:
        """Write it into the transaction of this connection, and wake the scheduler after that."""
        self._refuse_expired(now)
        if self.events:
            at = self.notification.send_after
            await staging.stage(connection, self.events, at, scheduler.wake)
        return Receipt(dict.fromkeys(self.users, Staged()))

    def _refuse_expired(self, now: datetime) -> None:
        ends = self.notification.expires_at
        if ends is not None and ends <= now:
            raise InvalidData(
                f"notification {self.notification.id!r} has expired: nobody would see it"
            )
