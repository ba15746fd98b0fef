"""The machinery of one open `Tidings` object: every task has its owner here, and its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from tidings.backlog import Backlog, LogBacklog, OutboxBacklog
from tidings.beat import head_beat
from tidings.channels import Channels
from tidings.event import Position
from tidings.held import Held
from tidings.live import LiveChannel
from tidings.logged import logged_by
from tidings.options import Options
from tidings.pipeline import Pipeline
from tidings.protocols import Outbox
from tidings.registry import Hooks, Transport, abilities_of
from tidings.scheduler import Scheduler
from tidings.sender import Sender
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
        self, hooks: Hooks, store: StoreParts, options: Options, clock: Callable[[], datetime]
    ) -> None:
        self._hooks = hooks
        self._options = options
        self._is_logged = logged_by(options.logged)
        self._log = store.log
        self._tasks: list[asyncio.Task[None]] = []
        self._plugins = AsyncExitStack()
        self._subscriptions: WeakSet[Subscription] = WeakSet()
        self.senders = [
            Sender(transport, self._backlog(transport, store.outbox), options)
            for transport in hooks.transports
        ]
        self.pipeline = Pipeline(
            next(iter(hooks.persist.values()), None),
            store_carries=abilities_of(hooks.store).carries,
            is_logged=self._is_logged,
            senders=self.senders,
            options=options,
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
                await held.open()
                self._plugins.push_async_callback(held.close)
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
                if sender.waiting:
                    logger.warning("%s leaves %d events uncarried", sender.name, sender.waiting)
        finally:
            await self._stop()

    def subscribe(self, channel: str, after: Position | None) -> Subscription:
        """Return a subscription that ends with this object."""
        log = self._log if self._is_logged(channel) else None
        subscription = Subscription(
            self.channels, channel, log=log, options=self._options, after=after
        )
        self._subscriptions.add(subscription)
        return subscription

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for subscription in list(self._subscriptions):
            await subscription.aclose()
        await self._plugins.aclose()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work, name=f"tidings {work!r}"))

    def _live_channel(self, name: str) -> LiveChannel:
        log = self._log if self._is_logged(name) else None
        heard = [t for t in self._hooks.transports if _is_heard(t, has_log=log is not None)]
        return LiveChannel(name, heard, log, self._options)

    def _backlog(self, transport: Transport, outbox: Outbox | None) -> Backlog | None:
        if transport.abilities.role == "carrier" and outbox is not None:
            return OutboxBacklog(outbox, transport.name)
        return LogBacklog(self._log, self._options.queue) if self._log is not None else None


def _is_heard(transport: Transport, *, has_log: bool) -> bool:
    """Tell whether a channel listens to this transport: brokers, and carriers where need be."""
    return transport.abilities.role == "broker" or not has_log or transport.abilities.listen
