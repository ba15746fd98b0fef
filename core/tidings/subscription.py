"""One listener's own view of a channel: an async iterator at the reader's pace."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from tidings.channels import Channels
from tidings.errors import Closed
from tidings.event import Delivery, Event, Lagged, Position, Reset
from tidings.listening import Listening
from tidings.options import Options


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
        options: Options,
        after: Position | None = None,
    ) -> None:
        self.channel = channel
        self.position: Position | None = after
        """The position of the last event this reader was given."""
        self._options = options
        self._queue: deque[Delivery] = deque()
        self._queued = after  # the position of the last event in the queue
        self._attached = False
        self._news = asyncio.Event()
        self._ended = False
        self._listening = Listening(channels, channel)
        self._entered = False

    async def __aenter__(self) -> Self:
        if self._ended:
            raise Closed("this subscription has ended: make a new one")
        await self._listening.__aenter__()
        if not self._entered:
            self._entered = True
            self._begin(self._listening.head)
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

    def _begin(self, head: Position | None) -> None:
        if self._queued is None:
            self._queued = self.position = head
        if self._queued == head:  # else the log must say whether that is so
            self._attach()

    async def _wait(self) -> None:
        """Wait until there is something in the queue, or a reason to look again."""
        if not self._entered:
            await self.__aenter__()
        elif self._attached:
            self._news.clear()
            await self._news.wait()
        else:
            await self._catch_up()

    async def aclose(self) -> None:
        """End the iteration and stop listening. Closing twice does nothing."""
        self.end()
        await self._listening.aclose()

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
        if self._listening.head is not None:  # the log has what is dropped here, or tells
            self._queue.clear()
            self._queued = self.position
            self._detach()
            return
        missed = 0
        while len(self._queue) >= self._options.queue:
            oldest = self._queue.popleft()
            missed += oldest.missed if isinstance(oldest, Lagged) else 1
        self._queue.appendleft(Lagged(self.channel, missed))

    async def _catch_up(self) -> None:
        """Read on from the log, and join the live end where that meets it."""
        queued = self._queued or Position("", 0)
        reading = self._listening.read_up(queued, limit=self._options.queue)
        while not (self._queue or self._attached or self._ended):
            for delivery in await reading.read():
                self._take(delivery)
            if reading.is_level and not self._ended:
                self._attach()

    def _attach(self) -> None:
        self._listening.attach(self._hear)
        self._attached = True

    def _detach(self) -> None:
        self._listening.detach(self._hear)
        self._attached = False
