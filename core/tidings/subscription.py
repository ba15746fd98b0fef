"""One listener's own view of a channel: an async iterator at the reader's pace."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from tidings.backoff import Backoff
from tidings.channels import Channels
from tidings.errors import Closed, Unsupported
from tidings.event import Delivery, Event, Lagged, Position, Reset
from tidings.live import LiveChannel
from tidings.options import Options
from tidings.order import missing
from tidings.protocols import Log
from tidings.redaction import failure

logger = logging.getLogger("tidings.channels")


class Subscription:
    """What comes on a channel, in order, as an async iterator and context manager.

    Each item is an `Event`; or, where history is lost to this reader, a `Reset`; or, on a channel
    without a log and for a reader too slow for it, `Lagged`. A reader who is behind is fed from
    the log until it meets the live end; it is never waited for, and never costs more memory than
    `Options.queue` events.

    Entering it (or the first iteration) ends once it is live. Leaving, `aclose`, or the end of the
    `Tidings` object ends the iteration after what is already here.

    Example:
        async with tidings.subscribe("news") as news:
            async for event in news:
                print(event.name, event.data)
    """

    def __init__(
        self,
        channels: Channels,
        channel: str,
        *,
        log: Log | None,
        options: Options,
        after: Position | None = None,
    ) -> None:
        if after is not None and log is None:
            raise Unsupported(
                f"channel {channel!r} has no log to recall from: subscribe without `after`, or "
                "add the channel to the setting `logged`"
            )
        self.channel = channel
        self.position = after
        """The position of the last event this reader was given."""
        self._channels = channels
        self._log = log
        self._options = options
        self._queue: deque[Delivery] = deque()
        self._queued = after  # the position of the last event in the queue
        self._attached = False
        self._news = asyncio.Event()
        self._ended = False
        self._stack = AsyncExitStack()
        self._live: LiveChannel | None = None

    async def __aenter__(self) -> Self:
        if self._ended:
            raise Closed("this subscription has ended: make a new one")
        if self._live is None:
            self._live = await self._stack.enter_async_context(
                self._channels.listening(self.channel)
            )
            if self._ended:  # it was closed meanwhile
                await self._stack.aclose()
                raise Closed("this subscription was closed while it began")
            if self._queued is None:
                self._queued = self.position = self._live.head
            if self._queued == self._live.head:  # else the log must say whether that is so
                self._attach(self._live)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Delivery:
        while not self._queue:
            if self._ended:
                raise StopAsyncIteration
            await self._wait()
        delivery = self._queue.popleft()
        if not isinstance(delivery, Lagged) and delivery.position is not None:
            self.position = delivery.position
        return delivery

    async def _wait(self) -> None:
        """Wait until there is something in the queue, or a reason to look again."""
        if self._live is None:
            await self.__aenter__()
        elif self._attached or self._log is None:
            self._news.clear()
            await self._news.wait()
        else:
            await self._catch_up(self._live, self._log)

    async def aclose(self) -> None:
        """End the iteration and stop listening. Closing twice does nothing."""
        self.end()
        await self._stack.aclose()

    def end(self) -> None:
        """Let the iteration end after what is already here."""
        self._ended = True
        self._detach()
        self._news.set()

    def _hear(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if isinstance(delivery, Reset) and delivery.reason == "trimmed":
                self._detach()  # this reader may be ahead: its own reading tells what it has lost
            else:
                self._take(delivery)
        if len(self._queue) > self._options.queue:
            self._overflow()
        self._news.set()

    def _take(self, delivery: Delivery) -> None:
        position = None if isinstance(delivery, Lagged) else delivery.position
        if isinstance(delivery, Event) and self._is_known(position):
            return
        self._queue.append(delivery)
        if position is not None:
            self._queued = position

    def _is_known(self, position: Position | None) -> bool:
        """Tell whether an event was read from the log before it was heard."""
        return bool(position and self._queued and position.offset <= self._queued.offset)

    def _overflow(self) -> None:
        if self._log is not None:  # it has what is dropped here, and tells if it has not
            self._queue.clear()
            self._queued = self.position
            self._detach()
            return
        missed = 0
        while len(self._queue) >= self._options.queue:
            oldest = self._queue.popleft()
            missed += oldest.missed if isinstance(oldest, Lagged) else 1
        self._queue.appendleft(Lagged(self.channel, missed))

    async def _catch_up(self, live: LiveChannel, log: Log) -> None:
        """Read on from the log, and join the live end where that meets it."""
        backoff = Backoff(self._options.straggler)
        limit = min(self._options.recall_batch, self._options.queue)
        while not (self._queue or self._attached or self._ended):
            position = self._queued or live.head or Position("", 0)
            try:
                answer = await log.recall(self.channel, position.offset, limit)
            except Exception as error:
                logger.warning("reading the log of %s: %s", self.channel, failure(error))
                await asyncio.sleep(backoff.next())
                continue
            if lost := missing(position, answer):
                self._take(Reset(self.channel, lost.head, lost.reason))
            else:
                self._hear(answer.events)
            self._attach_if_level(live)
            if not (self._queue or self._attached):  # the log lags behind what was heard
                await asyncio.sleep(backoff.next())

    def _attach_if_level(self, live: LiveChannel) -> None:
        """Join the live end unless that has run ahead; no await since the last reading."""
        head, mine = live.head, self._queued
        if head is not None and mine is not None:
            if head.epoch != mine.epoch:
                live.feed.suspect()
                return
            if head.offset > mine.offset:
                return
        self._attach(live)

    def _attach(self, live: LiveChannel) -> None:
        live.attach(self._hear)
        self._attached = True

    def _detach(self) -> None:
        if self._live is not None:
            self._live.detach(self._hear)
        self._attached = False
