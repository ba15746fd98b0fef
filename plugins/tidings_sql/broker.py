"""The store as a broker: other processes on its database hear what is pushed in this one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import TracebackType
from typing import Self

from tidings.backoff import Backoff
from tidings.errors import Closed, TransportError
from tidings.event import Event
from tidings.ids import new_id
from tidings.redaction import failure
from tidings_sql import failures, log
from tidings_sql.carried import decode
from tidings_sql.database import Database
from tidings_sql.finishing import finished
from tidings_sql.growth import LIMIT, growth
from tidings_sql.link import Link, News
from tidings_sql.listeners import Listeners

logger = logging.getLogger("tidings.transports")

_LATEST = 5.0
"""The longest pause between two attempts to listen, in seconds."""


_PART = 1_000
"""How many logs are read at once: of so many, no reading keeps others waiting."""

_SHARE = 20
"""Reading all logs takes at most a part of this many of the time."""


class _Attempt:
    """An attempt to listen: that it is known how it ended, and why it failed if it did."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.error: Exception | None = None


class Broker:
    """Hears what other processes push, for as long as anybody listens to anything.

    A link that is lost is opened anew, and what came in the meantime is read from the logs.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._url = database.engines.writer.url
        self._link = _link(database, node=new_id())
        self._listeners = Listeners()
        self._wanted = asyncio.Event()
        self._attempt = _Attempt()
        self._behind = False  # whether anything was written since all logs were read
        self._all_again = 0.0  # when they may be, again

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="tidings sql broker")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._task.cancel()
        try:
            await finished(self._task)
        finally:
            self._end_attempt(Closed("the SQL store is closing: nothing more is heard"))
            await self._link.close()

    def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AbstractAsyncContextManager[None]:
        """Hear what other processes push on a channel, until exit.

        Raises:
            TransportError: (entering) the database cannot be listened to.
        """
        return _Subscription(self, channel, deliver)

    async def listen(self, channel: str, deliver: Callable[[Event], None]) -> None:
        """Begin to hear a channel; `unlisten` ends that."""
        self._listeners.add(channel, deliver)
        try:
            await self._until_heard(channel)
        except BaseException:
            self._listeners.remove(channel)
            raise

    def unlisten(self, channel: str) -> None:
        """Hear a channel no more."""
        self._listeners.remove(channel)

    async def push(self, events: Sequence[Event]) -> None:
        """Let other processes hear these events.

        Raises:
            TransportError: the database did not take them.
        """
        self._listeners.pushed(events)
        try:
            await self._link.push(events)
        except Exception as error:
            raise self._told("other processes were not told", error) from error

    async def _until_heard(self, channel: str) -> None:
        attempt = self._attempt
        self._wanted.set()
        await attempt.ended.wait()
        if attempt.error is not None:
            raise self._told("other processes are not heard", attempt.error)
        if self._link.reads_logs:
            heads = await self._database.read(partial(log.heads, channels=[channel]))
            self._listeners.saw(heads)

    async def _run(self) -> None:
        backoff = Backoff(most=_LATEST)
        while True:
            if not self._listeners:
                self._wanted.clear()
            await self._wanted.wait()
            attempt = self._attempt
            try:
                await self._listen()
            except Exception as error:
                if attempt.error is None:
                    logger.warning("other processes are not heard for now: %s", failure(error))
                    backoff = Backoff(most=_LATEST)
                await asyncio.sleep(backoff.next())

    async def _listen(self) -> None:
        """Listen until nobody wants it any more; who comes after that waits for a new attempt."""
        try:
            await self._link.listen()
            await self._read_all_logs()
            self._attempt.ended.set()
            while self._listeners:
                await self._take(await self._link.news())
            self._end_attempt(None)
        except Exception as error:
            self._end_attempt(error)
            raise
        finally:
            await self._link.unlisten()

    def _end_attempt(self, error: Exception | None) -> None:
        attempt, self._attempt = self._attempt, _Attempt()
        if not attempt.ended.is_set():
            attempt.error = error
            attempt.ended.set()

    async def _take(self, news: News) -> None:
        for text in news.carried:
            try:
                self._listeners.carried(decode(text))
            except ValueError as error:
                logger.warning("what the database brought cannot be read: %s", failure(error))
        self._behind = self._behind or news.written
        if self._behind and time.monotonic() >= self._all_again:
            await self._read_all_logs()
        elif news.grown:
            await self._read_logs(news.grown)

    async def _read_all_logs(self) -> None:
        """Read all logs that are listened to, now and not again for a while.

        Meanwhile those that have grown are read; what else may have become of one (it is another,
        say) waits for the next time.
        """
        self._behind = False
        begun = time.monotonic()
        channels = self._listeners.channels
        for start in range(0, len(channels), _PART):
            await self._read_logs(channels[start : start + _PART])
        ended = time.monotonic()
        self._all_again = ended + _SHARE * (ended - begun)

    async def _read_logs(self, channels: Collection[str]) -> None:
        more = True
        while more and (known := self._listeners.known(channels)):
            found = await self._database.read(partial(growth, known=known))
            self._listeners.grown(found)
            more = len(found) == LIMIT

    def _told(self, what: str, error: Exception) -> Exception:
        if isinstance(error, Closed):
            return error
        words = failures.failure(error.__cause__ or error, self._url).words
        place = self._url.render_as_string(hide_password=True)
        return TransportError(f"{what}: the database {place}: {words}")


class _Subscription:
    """A context for each channel listened to; there may be very many, so it is no generator."""

    __slots__ = ("_broker", "_channel", "_deliver")

    def __init__(self, broker: Broker, channel: str, deliver: Callable[[Event], None]) -> None:
        self._broker = broker
        self._channel = channel
        self._deliver = deliver

    async def __aenter__(self) -> None:
        await self._broker.listen(self._channel, self._deliver)

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._broker.unlisten(self._channel)


def _link(database: Database, node: str) -> Link:
    """Make the link that suits the database; PostgreSQL's driver is imported only for it."""
    if database.engines.writer.dialect.name == "sqlite":
        from tidings_sql.poll_sqlite import SqliteLink

        return SqliteLink(database, node)
    from tidings_sql.listen_postgresql import PostgresqlLink

    return PostgresqlLink(database.engines.reader, node)
