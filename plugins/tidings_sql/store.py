"""The store in a SQL database."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import SecretStr

from tidings.abilities import Abilities
from tidings.errors import Closed, InvalidData, SettingsError, StoreError
from tidings.event import Counts, Event, Fired, Owed, Position, Recalled, Scheduled, Stored
from tidings.hooks import hookimpl
from tidings.keeps import Keeps, Span
from tidings.page import Filter, Page
from tidings_sql import (
    appending,
    erasing,
    firing,
    log,
    moving,
    outbox,
    pages,
    planning,
    revoking,
    schema,
    staging,
)
from tidings_sql.broker import Broker
from tidings_sql.database import Database
from tidings_sql.engines import Engines, engines, parsed
from tidings_sql.terms import Terms
from tidings_sql.transaction import transaction
from tidings_sql.worker import Unstorable, Worker

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tidings.service import Tidings


Synchronous = Literal["FULL", "NORMAL"]

_PATIENCE = 5.0


class SqlStore:
    """Keeps logs, inboxes, schedules and what carriers owe in a database of one's own.

    It is a broker too: what one process pushes, those that listen in others hear, on PostgreSQL at
    once, on SQLite after at most a third of a second. PostgreSQL is listened to on a connection of
    its own, which must lead to the server itself or to a pooler in session mode.

    Args:
        url: `sqlite:///path/to/file.db`, or `postgresql://user:password@host/database`. A path that
            begins with `/` has four slashes: `sqlite:////var/lib/app/tidings.db`. With a password,
            better in the environment, as `TIDINGS_PLUGINS__SQL__URL`.
        log_count: the most events a channel's log holds; the oldest give way.
        log_age: how long an event stays in the log.
        inbox_count: the most notifications in one inbox; the oldest give way.
        inbox_age: how long a notification stays in the inbox.
        remember: how long an id is known once its event is in neither log nor inbox.
        synchronous: of SQLite alone. With `FULL` what was answered survives a loss of power;
            `NORMAL` is faster, and the last moments before such a loss may be gone; a crash loses
            nothing.

    Attributes:
        dropped: how many events that were staged have not been appended, and why: `duplicate`, or
            the name of an error.

    Spans are a timedelta, a number of seconds, or text in ISO 8601 (`"P7D"`).

    Raises:
        SettingsError: a value that the setting cannot have.
        PluginError: the database's driver is not installed.
    """

    abilities = Abilities(role="broker", durable=True, taskless=True)

    def __init__(
        self,
        url: SecretStr | str,
        *,
        log_count: int = 10_000,
        log_age: Span = timedelta(days=7),
        inbox_count: int = 100_000,
        inbox_age: Span = timedelta(days=365),
        remember: Span = timedelta(days=7),
        synchronous: Synchronous = "FULL",
    ) -> None:
        if synchronous not in get_args(Synchronous):
            raise SettingsError(f"SqlStore: synchronous: use {' or '.join(get_args(Synchronous))}")
        self._url = parsed(url)
        self._synchronous = synchronous
        self._keeps = Keeps.of(
            "SqlStore",
            log_count=log_count,
            log_age=log_age,
            inbox_count=inbox_count,
            inbox_age=inbox_age,
            remember=remember,
        )
        self._clock: Callable[[], datetime] = partial(datetime.now, UTC)
        self._carriers: tuple[str, ...] = ()
        self.dropped: Counter[str] = Counter()
        self._open: Database | None = None
        self._joined: Broker | None = None

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Open the database, and make its tables where they are not there yet."""
        if self._open is not None:
            raise StoreError("this SqlStore is open already: make another for this Tidings object")
        self._clock, self._carriers = tidings.clock, tidings.carriers
        async with (
            Database(engines(self._url, self._synchronous)) as database,
            Broker(database) as broker,
        ):
            self._open, self._joined = database, broker
            try:
                yield
            finally:
                self._open = self._joined = None

    @hookimpl
    def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AbstractAsyncContextManager[None]:
        """Hear what other processes on this database push on a channel."""
        return self._broker.subscribe(channel, deliver)

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Let other processes on this database hear these events."""
        await self._broker.push(events)

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        """Append these events to their logs and carry out what they do to inboxes."""
        job = partial(appending.persist, events=events, terms=self._terms())
        try:
            return await self._database.write(job)
        except Unstorable as refusal:
            if len(events) == 1:
                return [InvalidData(f"event {events[0].id!r} cannot be stored: {refusal}")]
        return [answer for event in events for answer in await self.persist(events=[event])]

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        """Read up to `limit` events of a log with offsets greater than `after`."""
        return await self._database.read(
            partial(log.recall, channel=channel, after=after, limit=limit)
        )

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest position of each of these channels."""
        return await self._database.read(partial(log.heads, channels=channels))

    async def trim(self, channel: str, through: int) -> None:
        """Forget a log's events up to and including this offset."""
        terms = self._terms()
        job = partial(erasing.trim, channel=channel, through=through, terms=terms)
        await self._database.write(job)

    async def forget(self, channel: str) -> None:
        """Erase all that is known of this channel; its log is a new one from here on."""
        await self._database.write(partial(erasing.forget, channel=channel))

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        """Read up to `limit` entries of an inbox, newest first, with offsets below `before`."""
        return await self._database.read(
            partial(pages.page, channel=channel, wanted=filter, limit=limit, before=before)
        )

    async def counts(self, channel: str) -> Counts:
        """Return what the badge shows now."""
        return await self._database.read(partial(pages.counts, channel=channel))

    async def schedule(
        self, events: Sequence[Event], at: datetime
    ) -> Sequence[Scheduled | Exception]:
        """Keep these events until `at`."""
        try:
            return await self._database.write(partial(planning.schedule, events=events, at=at))
        except Unstorable as refusal:
            if len(events) == 1:
                return [InvalidData(f"event {events[0].id!r} cannot be stored: {refusal}")]
        return [answer for event in events for answer in await self.schedule([event], at)]

    async def cancel(self, id: str) -> int:  # noqa: A002
        """Drop what is scheduled under this id; return for how many users."""
        return await self._database.write(partial(planning.cancel, id=id), repeatable=False)

    async def stage(
        self,
        connection: object,
        events: Sequence[Event],
        at: datetime | None,
        committed: Callable[[], None],
    ) -> None:
        """Write these events into a transaction of the application's; `fire` appends them."""
        since = self._clock().timestamp()
        not_before = at.timestamp() if at is not None else None
        rows = [
            (event.channel, event.id, event.name, event.data, not_before, since) for event in events
        ]
        await staging.stage(connection, rows, self._url.get_backend_name(), committed)

    async def fire(self, now: datetime, limit: int) -> Fired:
        """Append what is due, and take away what has had its time: up to `limit` things in all."""
        terms = Terms(now.timestamp(), self._keeps, self._carriers)
        moved = await moving.move(self._database, limit, terms)
        self.dropped.update(moved.dropped)
        if moved.answers:
            return Fired(moved.events, now)  # what else is due comes next
        return await firing.fire(self._database, limit, terms)

    async def owed(self, carrier: str, limit: int) -> Sequence[Owed]:
        """Return the oldest events this carrier has not carried yet."""
        return await self._database.read(partial(outbox.owed, carrier=carrier, limit=limit))

    async def settle(self, carrier: str, events: Sequence[Event]) -> None:
        """Strike these off what this carrier owes."""
        await self._database.write(partial(outbox.settle, carrier=carrier, events=events))

    async def revoke(self, user: str, not_before: datetime) -> None:
        """Refuse this user's tokens that were issued before this moment."""
        await self._database.write(partial(revoking.revoke, user=user, not_before=not_before))

    async def not_before(self, user: str) -> datetime | None:
        """Return that moment, or None where nothing was revoked."""
        return await self._database.read(partial(revoking.not_before, user=user))

    async def upgrade(self) -> None:
        """Make the tables, or bring them up to date: a step of a deployment's own migrations.

        `tidings db upgrade` does the same. The store need not be open.

        Raises:
            StoreError: they are newer than this program, or the database cannot do it.

        Example:
            await SqlStore("postgresql://owner@db/app").upgrade()
        """
        worker = Worker(self.engines().writer, 1, _PATIENCE)
        try:
            await worker.run(_upgrade)
        finally:
            await worker.close()

    def engines(self) -> Engines:
        """Make ways into the database for what works on it beside the store, as `tidings db`."""
        return engines(self._url, self._synchronous)

    @property
    def _database(self) -> Database:
        if self._open is None:
            raise Closed("this SqlStore is not open: use it within `async with Tidings(...)`")
        return self._open

    @property
    def _broker(self) -> Broker:
        if self._joined is None:
            raise Closed("this SqlStore is not open: use it within `async with Tidings(...)`")
        return self._joined

    def _terms(self) -> Terms:
        return Terms(self._clock().timestamp(), self._keeps, self._carriers)


def _upgrade(connection: Connection) -> None:
    with transaction(connection):
        schema.upgrade(connection)
