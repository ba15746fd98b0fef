"""The machinery of one open `Tidings` object: every task has its owner here, and its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from tidings.backlog import Backlog, LogBacklog, OutboxBacklog
from tidings.beat import head_beat
from tidings.channels import Channels
from tidings.errors import Unsupported
from tidings.event import Event, Position
from tidings.gathered_log import GatheredLog
from tidings.held import Held
from tidings.listening import Listening
from tidings.live import LiveChannel, no_log
from tidings.logged import logged_by
from tidings.names import CONTROL_CHANNEL
from tidings.observing import Observers
from tidings.options import Options
from tidings.pipeline import Accepted, Pipeline, Result
from tidings.protocols import Outbox
from tidings.registry import Hooks, Transport, abilities_of
from tidings.scheduler import Scheduler
from tidings.sender import Sender
from tidings.shipment import Shipment
from tidings.spelling import counted
from tidings.store_parts import StoreParts
from tidings.subscription import Subscription

if TYPE_CHECKING:
    from tidings.service import Tidings

logger = logging.getLogger("tidings")


class Running:
    """Pipeline, senders, channels and the tasks that drive them, from open to close.

    Closing stops what comes in first and what goes out last: nothing accepted is lost that a
    transport will take within `Options.close_within`.
    """

    def __init__(
        self,
        hooks: Hooks,
        store: StoreParts,
        options: Options,
        clock: Callable[[], datetime],
        observers: Observers,
    ) -> None:
        self._hooks = hooks
        self._observers = observers
        self._options = options
        self._is_logged = logged_by(options.logged)
        self._log = store.log
        self._gathered = GatheredLog(store.log) if store.log is not None else None
        self._brokers = tuple(t for t in hooks.transports if t.abilities.role == "broker")
        self._heard_beside_log = _heard_beside_log(hooks)
        self._tasks: list[asyncio.Task[None]] = []
        self._plugins = AsyncExitStack()
        self._subscriptions: WeakSet[Subscription] = WeakSet()
        self.senders = [
            Sender(transport, self._backlog(transport, store.outbox), options, _seconds(clock))
            for transport in hooks.transports
        ]
        self.pipeline = Pipeline(
            next(iter(hooks.persist.values()), None),
            store_carries=abilities_of(hooks.store).carries,
            is_logged=self._is_logged,
            senders=self.senders,
            options=options,
            observers=observers,
        )
        self.channels = Channels(self._live_channel)
        self.scheduler = (
            Scheduler(store.schedule, self.pipeline, clock) if store.schedule is not None else None
        )

    async def open(self, tidings: Tidings) -> None:
        """Connect the plugins in order, then start the tasks.

        Raises what a plugin's `connect` raised, once those connected before are closed again.
        """
        try:
            for name, connect in self._hooks.connect.items():
                held = Held(partial(connect, tidings=tidings), f"plugin {name}")
                await self._plugins.enter_async_context(held)
        except BaseException:
            await self._plugins.aclose()
            raise
        self._start(self.pipeline.run())
        for sender in self.senders:
            self._start(sender.run())
        if self.scheduler is not None:
            self._start(self.scheduler.run())
        if self._log is not None:
            self._start(head_beat(self.channels, self._log, self._options.head_beat))

    async def close(self) -> None:
        """Accept no more, let transports carry what was accepted, then close the plugins."""
        self.pipeline.close()
        try:
            async with asyncio.timeout(self._options.close_within):
                await self._tasks[0]
                for sender in self.senders:
                    await sender.drain()
        except TimeoutError:
            for sender in self.senders:
                if sender.waiting or sender.owes:
                    words = (sender.name, _left(sender))
                    logger.warning("closing took too long: %s has not carried %s", *words)
        finally:
            await self._stop()

    async def submit(self, events: Sequence[Event]) -> Accepted:
        """Give events to the pipeline: at once, or in parts where they would fill every queue."""
        part = max(1, self._options.queue // 2)
        if len(events) <= part:
            return await self.pipeline.submit(events)
        results: list[Result] = []
        shipments: list[Shipment] = []
        for start in range(0, len(events), part):
            accepted = await self.pipeline.submit(events[start : start + part])
            results += accepted.results
            shipments += accepted.shipments
        return Accepted(results, shipments)

    def subscribe(self, channel: str, after: Position | None) -> Subscription:
        """Return a subscription that ends with this object."""
        if after is not None and (self._log is None or not self._is_logged(channel)):
            raise Unsupported(no_log(channel))
        subscription = Subscription(self.channels, channel, self._options, after)
        self._subscriptions.add(subscription)
        return subscription

    def listen(self, channel: str) -> Listening:
        """Return a channel to keep open; it is closed with this object."""
        return Listening(self.channels, channel)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for subscription in list(self._subscriptions):
            subscription.end()
        await self.channels.close()
        if self._gathered is not None:
            await self._gathered.aclose()
        await self._plugins.aclose()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work, name=f"tidings {work!r}"))

    def _live_channel(self, name: str) -> LiveChannel:
        log = self._gathered if self._is_logged(name) else None
        if name == CONTROL_CHANNEL:
            heard = self._brokers
        else:
            heard = self._hooks.transports if log is None else self._heard_beside_log
        return LiveChannel(name, heard, log, self._options, self._observers)

    def _backlog(self, transport: Transport, outbox: Outbox | None) -> Backlog | None:
        if transport.abilities.role == "carrier" and outbox is not None:
            return OutboxBacklog(outbox, transport.name)
        return LogBacklog(self._log, self._options.queue) if self._log is not None else None


def _heard_beside_log(hooks: Hooks) -> tuple[Transport, ...]:
    """Return what is listened to on channels with a log: all, if no broker tells of that log.

    (A store that carries appends and pushes elsewhere; unless it is a broker itself, nobody but
    the carriers brings word of it.)
    """
    store = abilities_of(hooks.store)
    is_silent = store.carries and store.role is None
    return tuple(
        t
        for t in hooks.transports
        if is_silent or t.abilities.role == "broker" or t.abilities.listen
    )


def _seconds(clock: Callable[[], datetime]) -> Callable[[], float]:
    return lambda: clock().timestamp()


def _left(sender: Sender) -> str:
    """Say what a transport has not carried; of some of it only the store may know."""
    waiting = counted(sender.waiting, "event")
    return f"{waiting}, and there may be more in the store" if sender.owes else waiting
