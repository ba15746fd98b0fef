"""From what transports deliver to what listeners may have, for one channel of this process.

`OrderedFeed` drives `Order` and reads the log for it; `PassingFeed` is for channels without one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from tidings.backoff import Backoff
from tidings.event import Delivery, Event, Position, Recalled, Reset
from tidings.options import Options
from tidings.order import Lost, Order
from tidings.redaction import failure

logger = logging.getLogger("tidings.channels")


class Readable(Protocol):
    """What a feed needs of a log; see `tidings.protocols.Log`."""

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        """Read up to `limit` events with offsets greater than `after`."""

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest position of each of these channels."""


HandOn = Callable[[Sequence[Delivery]], None]


class PassingFeed:
    """Events without a log: each id once within a short window, in the order they come."""

    WINDOW = 1000

    __slots__ = ("_hand_on", "_recent")

    def __init__(self, hand_on: HandOn) -> None:
        self._hand_on = hand_on
        self._recent: dict[str, None] = {}

    head = None

    async def start(self) -> None:
        """There is nothing to ask: it is live at once."""

    async def close(self) -> None:
        """There is nothing to stop."""

    def suspect(self) -> None:
        """A transport was away; what it would have brought is gone."""

    def receive(self, event: Event) -> None:
        """Take an event from a transport."""
        if event.id in self._recent:
            return
        self._recent[event.id] = None
        if len(self._recent) > self.WINDOW:
            del self._recent[next(iter(self._recent))]
        self._hand_on([event])


class OrderedFeed:
    """Events of a log: each exactly once and in order, holes mended from the log.

    It costs a task only while something is being mended.
    """

    __slots__ = (
        "_early",
        "_hand_on",
        "_mending",
        "_order",
        "channel",
        "closed",
        "log",
        "options",
    )

    def __init__(self, channel: str, log: Readable, options: Options, hand_on: HandOn) -> None:
        self.channel = channel
        self.log = log
        self.options = options
        self.closed = False
        self._hand_on = hand_on
        self._early: list[Event] | None = []
        self._order = Order(Position("", 0), options.held)
        self._mending: asyncio.Task[None] | None = None

    @property
    def head(self) -> Position:
        """The position of the last event handed on."""
        return self._order.head

    async def start(self) -> None:
        """Ask the head, then hand on what came in since listening began."""
        heads = await self.log.heads([self.channel])
        self._order.restart(heads[self.channel])
        early, self._early = self._early or [], None
        for event in early:
            self.receive(event)

    async def close(self) -> None:
        """Stop mending; what is heard from now on is nobody's."""
        self.closed = True
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.wait([self._mending])

    def receive(self, event: Event) -> None:
        """Take an event from a transport."""
        if self.closed:
            return
        if self._early is not None:
            if len(self._early) >= self.options.held:
                self._early.pop()  # the log has it, and the next one betrays it
            self._early.append(event)
            return
        if released := self._order.receive(event):
            self._hand_on(released)
        self._mend_if_needed()

    def suspect(self) -> None:
        """Ask the head: a transport was away, and what it did not bring is unknown."""
        self._order.foreign = True
        self._mend_if_needed()

    def headed(self, head: Position, asked_at: Position) -> None:
        """Take the log's newest position.

        Args:
            head: what the log said.
            asked_at: `head` of this feed at the moment of asking.
        """
        if self._order.epoch != asked_at.epoch:
            return
        if lost := self._order.headed(head, asked_at.offset):
            self._restart(lost)
        self._mend_if_needed()

    def _restart(self, lost: Lost) -> None:
        self._order.restart(lost.head)
        self._hand_on([Reset(self.channel, lost.head, lost.reason)])

    def _mend_if_needed(self) -> None:
        wanting = self._order.behind or self._order.foreign
        if wanting and self._mending is None and not self.closed:
            self._mending = asyncio.create_task(self._mend(), name=f"tidings mend {self.channel}")

    async def _mend(self) -> None:
        order, backoff = self._order, Backoff(self.options.straggler)
        try:
            while order.behind or order.foreign:
                await asyncio.sleep(backoff.next())
                try:
                    await self._ask_head()
                    await self._read_log()
                except Exception as error:
                    logger.warning("reading the log of %s failed: %s", self.channel, failure(error))
        finally:
            self._mending = None

    async def _ask_head(self) -> None:
        if not self._order.foreign:
            return
        asked_at = self._order.ask()
        try:
            heads = await self.log.heads([self.channel])
        except Exception:
            self._order.foreign = True
            raise
        self.headed(heads[self.channel], asked_at)

    async def _read_log(self) -> None:
        order, after = self._order, -1
        while order.behind and order.offset > after:  # no progress is lag: wait for the log
            epoch, after = order.head
            answer = await self.log.recall(self.channel, after, self.options.recall_batch)
            if order.epoch != epoch:  # it began anew meanwhile
                return
            released, lost = order.recalled(answer, after)
            if released:
                self._hand_on(released)
            if lost:
                self._restart(lost)
