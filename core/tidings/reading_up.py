"""What a reader has missed, read from the log until it is level with the live end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Self

from tidings.backoff import Backoff
from tidings.errors import Closed
from tidings.event import Delivery, Position, Reset
from tidings.feed import OrderedFeed
from tidings.order import missing
from tidings.redaction import failure

logger = logging.getLogger("tidings.channels")


class ReadingUp:
    """An async iterator of what came behind a position, in batches, in order.

    A batch is events or, where history is lost to this reader, one `Reset`, behind which it goes
    on. When the iteration ends, the reader is level: nothing was awaited since that was found, so
    one that begins to listen at once misses nothing. It may even be ahead, having read in the log
    what transports have not brought yet: events that it hears up to `position` it has had.

    A log that fails is asked again, after a growing pause.

    Args:
        feed: the live channel's.
        position: where the reader stands.
        limit: the most events in one batch.

    Raises:
        Closed: (iterating) the channel was closed.

    Example:
        missed = listening.read_up(after)
        async for deliveries in missed:
            hand_on(deliveries)
    """

    __slots__ = ("_backoff", "_checked", "_feed", "_limit", "position")

    def __init__(self, feed: OrderedFeed, position: Position, limit: int) -> None:
        self.position = position
        """The position of the last event that was read."""
        self._feed = feed
        self._limit = limit
        self._checked = False  # whether the log has said that it has this position
        self._backoff = self._fresh_backoff()

    @property
    def is_level(self) -> bool:
        """Whether the live channel has nothing that this reader still lacks.

        A position that is not the live channel's own is first looked for in the log.
        """
        head, mine = self._feed.head, self.position
        if head == mine:
            return True
        if not self._checked:
            return False
        if head.epoch != mine.epoch:
            self._feed.suspect()
            return False
        return head.offset <= mine.offset

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[Delivery]:
        while not self.is_level:
            if self._feed.closed:
                raise Closed(f"channel {self._feed.channel!r} was closed while its log was read")
            if deliveries := await self.read():
                return deliveries
        raise StopAsyncIteration

    async def read(self) -> Sequence[Delivery]:
        """Read once, and pause where that has brought nothing and the reader is not level."""
        deliveries: Sequence[Delivery] = ()
        try:
            deliveries = await self._recall()
        except Exception as error:
            logger.warning("reading the log of %s: %s", self._feed.channel, failure(error))
        if deliveries:
            self._backoff = self._fresh_backoff()
        elif not self.is_level:  # the log fails, or lags behind what was heard
            await asyncio.sleep(self._backoff.next())
        return deliveries

    async def _recall(self) -> Sequence[Delivery]:
        channel, position = self._feed.channel, self.position
        answer = await self._feed.log.recall(channel, position.offset, self._limit)
        self._checked = True
        if lost := missing(position, answer):
            self.position = lost.head
            return [Reset(channel, lost.head, lost.reason)]
        if answer.events:
            self.position = answer.events[-1].position or position
        return answer.events

    def _fresh_backoff(self) -> Backoff:
        return Backoff(self._feed.options.straggler)
