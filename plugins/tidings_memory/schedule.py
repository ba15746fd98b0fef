"""What the store does later: append what is scheduled, tend channels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from tidings.changes import is_change
from tidings.digest import digest
from tidings.errors import Conflict, InvalidData
from tidings.event import Event
from tidings.inbox_row import facts
from tidings.notification import NOTIFICATION
from tidings_memory.agenda import Agenda


class Planned(NamedTuple):
    """An event and when it is to be appended."""

    event: Event
    at: datetime


class Due(NamedTuple):
    """Append what is planned under this id on this channel or, without an id, tend the channel."""

    channel: str
    id: str | None


class Schedule:
    """Planned events by channel and id, and when each channel is to be tended."""

    def __init__(self) -> None:
        self._agenda: Agenda[Due] = Agenda()
        self._planned: dict[str, dict[str, Planned]] = {}
        self._channels: dict[str, set[str]] = {}  # by id, as a push to many users is one

    def known(self, event: Event) -> Planned | None:
        """Return what is planned under this event's id on its channel.

        Raises:
            Conflict: it has other content.
        """
        planned = self._planned.get(event.channel)
        known = planned.get(event.id) if planned is not None else None
        if known is not None and digest(known.event) != digest(event):
            raise Conflict(f"id {event.id!r} is scheduled with other content: choose a new one")
        return known

    def plan(self, event: Event, at: datetime) -> None:
        """Plan to append an event whose id is new.

        Raises:
            InvalidData: it could not be appended then, being a change or not what its name says.
        """
        if is_change(event):
            raise InvalidData("a change is of entries that are there: it cannot be scheduled")
        if event.name == NOTIFICATION:
            facts(event.data)
        self._planned.setdefault(event.channel, {})[event.id] = Planned(event, at)
        self._channels.setdefault(event.id, set()).add(event.channel)
        self._agenda.plan(Due(event.channel, event.id), at.timestamp())

    def unplan(self, channel: str, id: str) -> Event:  # noqa: A002
        """Take off and return what is planned on this channel under this id."""
        self._agenda.drop(Due(channel, id))
        planned, channels = self._planned[channel], self._channels[id]
        event = planned.pop(id).event
        channels.remove(channel)
        if not planned:
            del self._planned[channel]
        if not channels:
            del self._channels[id]
        return event

    def cancel(self, id: str) -> int:  # noqa: A002
        """Take off what is planned under this id; return on how many channels."""
        channels = tuple(self._channels.get(id, ()))
        for channel in channels:
            self.unplan(channel, id)
        return len(channels)

    def tend(self, channel: str, at: float) -> None:
        """Plan to tend this channel then, and not at another time."""
        self._agenda.plan(Due(channel, None), at)

    def forget(self, channel: str) -> None:
        """Take off all that concerns this channel."""
        for id in tuple(self._planned.get(channel, ())):  # noqa: A001
            self.unplan(channel, id)
        self._agenda.drop(Due(channel, None))

    @property
    def due(self) -> datetime | None:
        """When the next thing is due."""
        due = self._agenda.due
        return datetime.fromtimestamp(due, UTC) if due is not None else None

    def take(self, now: float) -> Due | None:
        """Take the next thing if it is due. What is planned stays so until it is unplanned."""
        return self._agenda.take(now)
