"""A live channel: one per channel and process, from its transports to its listeners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from functools import partial

from tidings.event import Delivery, Position
from tidings.feed import OrderedFeed, PassingFeed
from tidings.held import Held
from tidings.options import Options
from tidings.protocols import Log
from tidings.registry import Transport

Listener = Callable[[Sequence[Delivery]], None]
"""Called on the event loop with what may leave now, in order; it must not block or raise."""


class LiveChannel:
    """Hears a channel from every broker and hands each event to every listener, once, in order.

    Listeners join and leave between two events: attaching is without an await, so a listener
    that has come up to `head` misses nothing and hears nothing twice.
    """

    def __init__(
        self, name: str, transports: Iterable[Transport], log: Log | None, options: Options
    ) -> None:
        self.name = name
        self._transports = transports
        self._listeners: list[Listener] = []
        self._subscriptions = AsyncExitStack()
        self.feed = (
            PassingFeed(self._hand_on)
            if log is None
            else OrderedFeed(name, log, options, self._hand_on)
        )

    @property
    def head(self) -> Position | None:
        """The position of the last event handed on; None on a channel without a log."""
        return self.feed.head

    def attach(self, listener: Listener) -> None:
        """Let a listener hear what comes after `head`."""
        self._listeners.append(listener)

    def detach(self, listener: Listener) -> None:
        """Let a listener hear no more; one that does not listen is left alone."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    async def open(self) -> None:
        """Listen first, then ask the head, then release what came in between.

        Raises what a transport's `subscribe` or the log's `heads` raised.
        """
        try:
            for transport in self._transports:
                await self._subscribe(transport)
            await self.feed.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop listening; listeners hear nothing more."""
        await self._subscriptions.aclose()
        await self.feed.close()

    async def _subscribe(self, transport: Transport) -> None:
        if transport.subscribe is None:
            return
        enter = partial(transport.subscribe, channel=self.name, deliver=self.feed.receive)
        if transport.abilities.taskless:
            await self._subscriptions.enter_async_context(enter())
            return
        held = Held(enter, f"{transport.name} subscribed to {self.name}", self.feed.suspect)
        await held.open()
        self._subscriptions.push_async_callback(held.close)

    def _hand_on(self, deliveries: Sequence[Delivery]) -> None:
        for listener in tuple(self._listeners):
            listener(deliveries)
