"""One transport's own bounded, in-order sender: slow or failing, it delays nobody else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from weakref import WeakValueDictionary

from tidings.backlog import Backlog
from tidings.backoff import Backoff
from tidings.errors import Closed, TransportError, Undeliverable
from tidings.event import Event
from tidings.names import CONTROL_CHANNEL
from tidings.options import Options
from tidings.redaction import failure
from tidings.registry import Transport
from tidings.shipment import Attempts, Shipment

logger = logging.getLogger("tidings.transports")


_Item = tuple[Event, float, Shipment | None]
"""An event, since when it waits, and whose it is (None: owed since before, nobody waits to hear).

A plain tuple, as one is made for each event on each transport.
"""


class Sender:
    """Hands events to a transport's `push`, one batch at a time, until carried or given up.

    At most `Options.queue` events wait in memory. What comes beyond that is owed: logged events
    are read from the backlog once the transport has caught up; others are given up and said so.

    Args:
        transport: whose `push` is called.
        backlog: keeps what the queue has no room for; None where nothing is logged.
        options: queue, push_batch, push_timeout, retry_for.
    """

    def __init__(self, transport: Transport, backlog: Backlog | None, options: Options) -> None:
        self.name = transport.name
        self.attempts = Attempts(transport.name)
        self._push = transport.push
        self._is_carrier = transport.abilities.role == "carrier"
        self._max_payload = transport.abilities.max_payload
        self._takes_all = not self._is_carrier and self._max_payload is None
        self._backlog = backlog
        self._options = options
        self._bound = options.queue
        self._queue: deque[_Item] = deque()
        self._owed: WeakValueDictionary[tuple[str, object], Shipment] = WeakValueDictionary()
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._backoff = Backoff()
        self.given_up = 0
        """How many events this transport was handed and never carried."""

    def ship(self, events: Sequence[Event]) -> Shipment:
        """Take events to carry; never waits."""
        shipment = Shipment(self.attempts)
        now = time.time()
        backlog = self._backlog
        if self._takes_all and len(self._queue) + len(events) <= self._bound and not backlog:
            self._queue.extend([(event, now, shipment) for event in events])
            shipment.left = len(events)
        else:
            for event in events:
                self._take(event, now, shipment)
        self._work.set()
        self._idle.clear()
        return shipment

    async def run(self) -> None:
        """Carry what comes, until cancelled; whoever waits for an outcome then is told."""
        try:
            while True:
                if not (self._queue or self._backlog):
                    self._idle.set()
                    self._work.clear()
                    await self._work.wait()
                await self._carry(await self._next())
        finally:
            self.attempts.made(Closed(f"closed before {self.name} had carried it"))

    async def drain(self) -> None:
        """Wait until all is carried or given up."""
        await self._idle.wait()

    @property
    def waiting(self) -> int:
        """How many events wait in memory."""
        return len(self._queue)

    def _take(self, event: Event, now: float, shipment: Shipment) -> None:
        if self._is_carrier and event.channel == CONTROL_CHANNEL:
            return
        if self._is_too_large(event):
            shipment.error = self._too_large(event)
            return
        full = len(self._queue) >= self._bound
        backlog = self._backlog
        if backlog is not None and (full or backlog.owes(event)) and backlog.add(event):
            self._owed[event.channel, event.position] = shipment
            shipment.left += 1
            return
        if full:
            shipment.error = TransportError(f"{self.name} is too far behind to take more")
            return
        self._queue.append((event, now, shipment))
        shipment.left += 1

    async def _next(self) -> list[_Item]:
        """Return the next events to carry: what is in the queue, then what is owed."""
        if self._queue or self._backlog is None:
            count = min(len(self._queue), self._options.push_batch)
            return [self._queue.popleft() for _ in range(count)]
        try:
            owed = await self._backlog.read(self._options.push_batch)
        except Exception as error:
            logger.warning("reading what %s still owes failed: %s", self.name, failure(error))
            await asyncio.sleep(self._backoff.next())
            return []
        return [(event, since, self._shipment_of(event)) for event, since in owed]

    def _shipment_of(self, event: Event) -> Shipment | None:
        return self._owed.pop((event.channel, event.position), None)

    async def _carry(self, items: list[_Item]) -> None:
        while items:
            error = await self._attempt(items)
            if error is None:
                self._backoff = Backoff()
                return await self._settle(items, None)
            if isinstance(error, Undeliverable):
                return await self._carry_singly(items, error)
            items = await self._give_up_the_old(items, error)
            await asyncio.sleep(self._backoff.next())
        return None

    async def _carry_singly(self, items: list[_Item], error: Undeliverable) -> None:
        if len(items) == 1:
            return await self._settle(items, error)
        for item in items:
            await self._carry([item])
        return None

    async def _attempt(self, items: list[_Item]) -> Exception | None:
        events = [event for event, _, _ in items]
        if self._max_payload is not None:  # the log has those too that were refused on coming
            for event in filter(self._is_too_large, events):
                return self._too_large(event)
        try:
            async with asyncio.timeout(self._options.push_timeout):
                await self._push(events=events)
        except TimeoutError:
            return TransportError(f"{self.name} took over {self._options.push_timeout} s")
        except Exception as error:
            return error
        return None

    async def _give_up_the_old(self, items: list[_Item], error: Exception) -> list[_Item]:
        oldest = time.time() - self._options.retry_for
        old = [item for item in items if item[1] < oldest]
        if self.attempts.error is None:
            logger.warning("%s fails, and is tried again: %s", self.name, failure(error))
        if old:
            await self._settle(old, error)
        self.attempts.made(error)
        return [item for item in items if item[1] >= oldest]

    async def _settle(self, items: Sequence[_Item], error: Exception | None) -> None:
        if error is not None:
            self.given_up += len(items)
            logger.warning("%s gave up %d events: %s", self.name, len(items), failure(error))
        for _, _, shipment in items:
            if shipment is not None:
                shipment.left -= 1
                shipment.error = shipment.error or error
        self.attempts.made(None)
        if self._backlog is not None:
            try:
                await self._backlog.settle([event for event, _, _ in items])
            except Exception as problem:  # they are carried again after a restart
                logger.warning("settling what %s owes failed: %s", self.name, failure(problem))

    def _is_too_large(self, event: Event) -> bool:
        return self._max_payload is not None and len(event.data) > self._max_payload

    def _too_large(self, event: Event) -> Undeliverable:
        return Undeliverable(
            f"{len(event.data):,} bytes of data, over the {self._max_payload:,} that "
            f"{self.name} carries"
        )
