"""The store of one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from math import inf
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from tidings.abilities import Abilities
from tidings.errors import StoreError, TidingsError
from tidings.event import Counts, Event, Fired, Owed, Position, Recalled, Scheduled, Stored
from tidings.hooks import hookimpl
from tidings.keeps import Keeps, Span
from tidings.page import Filter, Page
from tidings_memory.channel import Channel, record
from tidings_memory.outbox import OwedEvents
from tidings_memory.retention import Tended, next_due, tend
from tidings_memory.schedule import Schedule

if TYPE_CHECKING:
    from tidings.service import Tidings


class MemoryStore:
    """Keeps logs, inboxes, schedules and what carriers owe, in the process's memory.

    Given to a second `Tidings` object, later or at the same time, it goes on with what it has.

    Args:
        log_count: the most events a channel's log holds; the oldest give way.
        log_age: how long an event stays in the log.
        inbox_count: the most notifications in one inbox; the oldest give way.
        inbox_age: how long a notification stays in the inbox.
        remember: how long an id is known once its event is in neither log nor inbox.

    Spans are a timedelta, a number of seconds, or text in ISO 8601 (`"P7D"`).

    Raises:
        SettingsError: a value that the setting cannot have.
    """

    abilities = Abilities()

    def __init__(
        self,
        *,
        log_count: int = 10_000,
        log_age: Span = timedelta(days=7),
        inbox_count: int = 100_000,
        inbox_age: Span = timedelta(days=365),
        remember: Span = timedelta(days=7),
    ) -> None:
        self._keeps = Keeps.of(
            "MemoryStore",
            log_count=log_count,
            log_age=log_age,
            inbox_count=inbox_count,
            inbox_age=inbox_age,
            remember=remember,
        )
        self._clock: Callable[[], datetime] = partial(datetime.now, UTC)
        self._epoch = token_urlsafe(6)  # of all channels that were never forgotten
        self._channels: dict[str, Channel] = {}
        self._schedule = Schedule()
        self._owed = OwedEvents()
        self._not_before: dict[str, datetime] = {}

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Use the application's clock, and note what its carriers owe."""
        self._clock = tidings.clock
        with self._owed.serving(tidings.carriers):
            yield

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        """Append these events to their logs and carry out what they do to inboxes."""
        now = self._clock().timestamp()
        results: list[Stored | Exception] = []
        for event in events:
            try:
                results.append(self._persist(event, now))
            except TidingsError as refusal:
                results.append(refusal)
            except Exception as error:  # this event's trouble, and no other's
                results.append(_failed(error))
        return results

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        """Read up to `limit` events of a log with offsets greater than `after`."""
        known = self._channels.get(channel)
        return known.log.recall(after, limit) if known else Recalled((), self._epoch, 1, 0)

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest position of each of these channels."""
        return {name: self._head(name) for name in channels}

    async def trim(self, channel: str, through: int) -> None:
        """Forget a log's events up to and including this offset."""
        known = self._channels.get(channel)
        if known is not None:
            known.trim(through, self._clock().timestamp())
            self._plan_tending(known)

    async def forget(self, channel: str) -> None:
        """Erase all that is known of this channel; its log is a new one from here on."""
        self._schedule.forget(channel)
        self._owed.forget(channel)
        self._channels[channel] = Channel(channel, token_urlsafe(6), self._keeps)

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        """Read up to `limit` entries of an inbox, newest first, with offsets below `before`."""
        known = self._channels.get(channel)
        if known is None or known.inbox is None:
            return Page((), Counts(0, 0), self._head(channel))
        entries, more = known.inbox.page(filter, limit, before)
        return Page(entries, known.inbox.counts, known.log.position, more)

    async def counts(self, channel: str) -> Counts:
        """Return what the badge shows now."""
        known = self._channels.get(channel)
        return known.inbox.counts if known and known.inbox is not None else Counts(0, 0)

    async def schedule(
        self, events: Sequence[Event], at: datetime
    ) -> Sequence[Scheduled | Exception]:
        """Keep these events until `at`."""
        results: list[Scheduled | Exception] = []
        for event in events:
            try:
                results.append(self._plan(event, at))
            except TidingsError as refusal:
                results.append(refusal)
        return results

    async def cancel(self, id: str) -> int:  # noqa: A002
        """Drop what is scheduled under this id; return for how many users."""
        return self._schedule.cancel(id)

    async def fire(self, now: datetime, limit: int) -> Fired:
        """Append what is due, and take away what has had its time: up to `limit` things in all."""
        moment = now.timestamp()
        events: list[Event] = []
        while limit > 0 and (due := self._schedule.take(moment)) is not None:
            channel = self._channel(due.channel)
            if due.id is not None:
                event = self._schedule.unplan(due.channel, due.id)
                events.append(self._append(channel, event, moment))
                limit -= 1
            else:
                tended = self._tend(channel, moment, limit)
                events += tended.events
                limit -= max(tended.taken, 1)
        return Fired(events, self._schedule.due)

    async def owed(self, carrier: str, limit: int) -> Sequence[Owed]:
        """Return the oldest events this carrier has not carried yet."""
        return self._owed.read(carrier, limit)

    async def settle(self, carrier: str, events: Sequence[Event]) -> None:
        """Strike these off what this carrier owes."""
        self._owed.settle(carrier, events)

    async def revoke(self, user: str, not_before: datetime) -> None:
        """Refuse this user's tokens that were issued before this moment."""
        self._not_before[user] = max(not_before, self._not_before.get(user, not_before))

    async def not_before(self, user: str) -> datetime | None:
        """Return that moment, or None where nothing was revoked."""
        return self._not_before.get(user)

    def _channel(self, name: str) -> Channel:
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = Channel(name, self._epoch, self._keeps)
        return channel

    def _head(self, name: str) -> Position:
        channel = self._channels.get(name)
        return channel.log.position if channel is not None else Position(self._epoch, 0)

    def _persist(self, event: Event, now: float) -> Stored:
        channel = self._channel(event.channel)
        known = channel.known(event)
        if known is not None:
            return known
        planned = self._schedule.known(event)
        stored = self._append(channel, event, now)
        if planned is not None:  # it was to come later: once is enough
            self._schedule.unplan(event.channel, event.id)
        return record(Stored, (stored.position, stored.counts, False))

    def _append(self, channel: Channel, event: Event, now: float) -> Event:
        stored = channel.append(event, now)
        self._owed.note(stored, now)
        if channel.due < channel.planned:
            self._plan_tending(channel)
        return stored

    def _plan(self, event: Event, at: datetime) -> Scheduled:
        channel = self._channels.get(event.channel)
        if channel is not None and channel.known(event) is not None:
            return Scheduled(at, duplicate=True)
        planned = self._schedule.known(event)
        if planned is not None:
            return Scheduled(planned.at, duplicate=True)
        self._schedule.plan(event, at)
        return Scheduled(at)

    def _tend(self, channel: Channel, now: float, limit: int) -> Tended:
        tended = tend(channel, self._keeps, now, limit)
        for event in tended.events:
            self._owed.note(event, now)
        channel.due = next_due(channel, self._keeps, now)
        self._plan_tending(channel)
        return tended

    def _plan_tending(self, channel: Channel) -> None:
        channel.planned = channel.due
        if channel.due < inf:
            self._schedule.tend(channel.name, channel.due)


def _failed(error: Exception) -> StoreError:
    failed = StoreError(f"{type(error).__name__}: this event cannot be stored as it is")
    failed.__cause__ = error
    return failed
