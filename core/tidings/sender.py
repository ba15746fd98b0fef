"""One transport's own bounded, in-order sender: slow or failing, it delays nobody else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

from tidings.backlog import Backlog, Key
from tidings.backoff import Backoff
from tidings.cancelling import is_cancelled
from tidings.errors import Closed, TransportError, Undeliverable
from tidings.event import Event
from tidings.names import CONTROL_CHANNEL
from tidings.options import Options
from tidings.redaction import failure
from tidings.registry import Transport
from tidings.shipment import Attempts, Shipment
from tidings.spelling import counted
from tidings.transport_state import TransportState

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
        clock: gives the time in seconds since 1970, as the store does that notes what is owed.
    """

    def __init__(
        self,
        transport: Transport,
        backlog: Backlog | None,
        options: Options,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = transport.name
        self.attempts = Attempts(transport.name)
        self._push = transport.push
        self._is_carrier = transport.abilities.role == "carrier"
        self._max_payload = transport.abilities.max_payload
        self._stubs = transport.abilities.stubs
        self._backlog = backlog
        self._options = options
        self._clock = clock
        self._bound = options.queue
        self._queue: deque[_Item] = deque()
        self._carrying = 0
        self._owed: WeakValueDictionary[Key, Shipment] = WeakValueDictionary()
        self._before_owed = 0  # how many queued events came before what is owed
        self._was_owed = False
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._backoff = Backoff()
        self._failing_since: float | None = None
        self.carried = 0
        """How many events the far side has taken."""
        self.given_up = 0
        """How many events this transport was handed and never carried."""

    def ship(self, events: Sequence[Event]) -> Shipment:
        """Take events to carry; never waits."""
        shipment = Shipment(self.attempts)
        now = self._clock()
        room = len(self._queue) + len(events) <= self._bound
        if room and not self._is_carrier and not self._backlog:
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
        """How many events wait in memory, those that are being carried included."""
        return len(self._queue) + self._carrying

    @property
    def owes(self) -> bool:
        """Whether there is more to carry than what waits in memory."""
        return bool(self._backlog)

    def state(self) -> TransportState:
        """Return how it is doing."""
        return TransportState(
            self.name,
            "carrier" if self._is_carrier else "broker",
            self.carried,
            self.given_up,
            self.waiting,
            self.owes,
            self.attempts.error,
        )

    def _take(self, event: Event, now: float, shipment: Shipment) -> None:
        if self._is_carrier and event.channel == CONTROL_CHANNEL:
            return
        full = len(self._queue) >= self._bound
        backlog = self._backlog
        owed = backlog is not None and backlog.owes(event)
        if backlog is not None and (full or owed) and backlog.add(event, now):
            if not owed:  # what is queued now comes before it
                self._before_owed = len(self._queue)
            self._owed[event.channel, event.position] = shipment
            shipment.left += 1
            return
        if full:
            shipment.error = TransportError(f"{self.name} is too far behind to take more")
            return
        self._queue.append((event, now, shipment))
        shipment.left += 1

    async def _next(self) -> list[_Item]:
        """Return the next events: what was queued before any was owed, then both in turns."""
        if not self._is_turn_of_owed() or self._backlog is None:
            self._was_owed = False
            count = min(len(self._queue), self._options.push_batch)
            self._before_owed = max(0, self._before_owed - count)
            return [self._queue.popleft() for _ in range(count)]
        self._was_owed = True
        try:
            return await self._read_owed(self._backlog)
        except Exception as error:
            logger.warning("reading what %s still owes: %s", self.name, failure(error))
            await asyncio.sleep(self._backoff.next())
            return []

    def _is_turn_of_owed(self) -> bool:
        if not self._queue:
            return True
        return bool(self._backlog) and not (self._before_owed or self._was_owed)

    async def _read_owed(self, backlog: Backlog) -> list[_Item]:
        owed = await backlog.read(self._options.push_batch)
        for key in backlog.lost():
            if shipment := self._owed.pop(key, None):
                shipment.left -= 1
                shipment.error = Undeliverable(f"{self.name} came to it when the log had lost it")
                self.given_up += 1
        return [
            (event, since, self._owed.get((event.channel, event.position))) for event, since in owed
        ]

    async def _carry(self, items: list[_Item]) -> None:
        self._carrying = len(items)
        items = await self._without_too_large(items)
        while items:
            error = await self._attempt([event for event, _, _ in items])
            if error is None:
                self._backoff, self._failing_since = Backoff(), None
                await self._settle(items, None)
                break
            if isinstance(error, Undeliverable):
                await self._carry_singly(items, error)
                break
            items = await self._give_up_the_old(items, error)
            self._carrying = len(items)
            await asyncio.sleep(self._backoff.next())
        self._carrying = 0

    async def _carry_singly(self, items: list[_Item], error: Undeliverable) -> None:
        if len(items) == 1:
            return await self._settle(items, error)
        for item in items:
            await self._carry([item])
        return None

    async def _attempt(self, events: list[Event]) -> Exception | None:
        deadline = asyncio.timeout(self._options.push_timeout)
        try:
            async with deadline:
                await self._push(events=events)
        except Exception as error:
            if deadline.expired():
                return TransportError(f"{self.name} took over {self._options.push_timeout} s")
            return error
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            return TransportError(f"{self.name} was cancelled from within")
        return None

    async def _without_too_large(self, items: list[_Item]) -> list[_Item]:
        most = self._max_payload
        if most is None:
            return items
        too_large = [item for item in items if self._is_too_large(item[0], most)]
        for item in too_large:
            words = (
                f"{len(item[0].data):,} bytes of data, over the {most:,} that {self.name} carries"
            )
            await self._settle([item], Undeliverable(words), why=words)
        return [item for item in items if item not in too_large] if too_large else items

    def _is_too_large(self, event: Event, most: int) -> bool:
        return len(event.data) > most and not (self._stubs and event.position is not None)

    async def _give_up_the_old(self, items: list[_Item], error: Exception) -> list[_Item]:
        """Give up whatever has been tried for, or has waited, for too long; return the rest."""
        now = self._clock()
        if self._failing_since is None:
            self._failing_since = now
            logger.warning("%s fails, and is tried again: %s", self.name, failure(error))
        oldest = now - self._options.retry_for
        old = [item for item in items if item[1] < oldest]
        while self._queue and self._queue[0][1] < oldest:
            old.append(self._queue.popleft())
            self._before_owed = max(0, self._before_owed - 1)
        if old:
            await self._settle(old, error)
        if self._backlog and self._failing_since < oldest:
            await self._give_up_owed(self._backlog, oldest, error)
        self.attempts.made(error)
        return [item for item in items if item[1] >= oldest]

    async def _give_up_owed(self, backlog: Backlog, oldest: float, error: Exception) -> None:
        try:
            while old := [item for item in await self._read_owed(backlog) if item[1] < oldest]:
                await self._settle(old, error)
        except Exception as problem:
            logger.warning("reading what %s still owes: %s", self.name, failure(problem))

    async def _settle(
        self, items: Sequence[_Item], error: Exception | None, why: str | None = None
    ) -> None:
        """Have done with events; `why` is for the log, where a transport's words may be secret."""
        if error is None:
            self.carried += len(items)
        else:
            self.given_up += len(items)
            told = why or failure(error)
            logger.warning("%s gave up %s: %s", self.name, counted(len(items), "event"), told)
        for event, _, shipment in items:
            if shipment is not None:
                shipment.left -= 1
                shipment.error = shipment.error or error
                self._owed.pop((event.channel, event.position), None)
        self.attempts.made(None)
        if self._backlog is not None:
            await self._settle_owed(self._backlog, [event for event, _, _ in items])

    async def _settle_owed(self, backlog: Backlog, events: Sequence[Event]) -> None:
        """Strike them off, however long that takes: else they would be carried again."""
        backoff = Backoff()
        while True:
            try:
                return await backlog.settle(events, self._clock())
            except Exception as problem:
                logger.warning("settling what %s owes: %s", self.name, failure(problem))
                await asyncio.sleep(backoff.next())
