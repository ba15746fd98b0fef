"""A live channel: one per channel and process, from its transports to its listeners."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial

from tidings.errors import Unsupported
from tidings.event import Delivery, Event, Position
from tidings.feed import OrderedFeed, PassingFeed, Readable
from tidings.held import Held
from tidings.observing import Observers
from tidings.options import Options
from tidings.reading_up import ReadingUp
from tidings.redaction import failure
from tidings.registry import Transport

logger = logging.getLogger("tidings.channels")

Listener = Callable[[Sequence[Delivery]], None]
"""Called on the event loop with what may leave now, in order; it must not block or raise."""

Context = AbstractAsyncContextManager[object]


class LiveChannel:
    """Hears a channel from every broker and hands each event to every listener, once, in order.

    Listeners join and leave between two events: attaching is without an await, so a listener
    that has come up to `head` misses nothing and hears nothing twice.

    There may be one for each of very many users, so it keeps little: no task, no generator.
    """

    __slots__ = ("_listeners", "_observers", "_subscriptions", "_transports", "feed", "name")

    def __init__(
        self,
        name: str,
        transports: Sequence[Transport],
        log: Readable | None,
        options: Options,
        observers: Observers,
    ) -> None:
        self.name = name
        self._observers = observers
        self._transports = transports
        self._listeners: tuple[Listener, ...] = ()
        self._subscriptions: tuple[Context, ...] = ()
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
        self._listeners = (*self._listeners, listener)

    def detach(self, listener: Listener) -> None:
        """Let a listener hear no more; one that does not listen is left alone."""
        self._listeners = without(listener, self._listeners)

    def read_up(self, after: Position, limit: int | None = None) -> ReadingUp:
        """Return what brings a reader from this position to `head`, read from the log.

        Args:
            after: where the reader stands.
            limit: the most events in one reading, if fewer than `Options.recall_batch`.

        Raises:
            Unsupported: the channel has no log.
        """
        if isinstance(self.feed, PassingFeed):
            raise Unsupported(no_log(self.name))
        most = self.feed.options.recall_batch
        return ReadingUp(self.feed, after, most if limit is None else min(limit, most))

    async def open(self) -> None:
        """Listen first, then ask the head, then release what came in between.

        Raises what a transport's `subscribe` or the log's `heads` raised.
        """
        try:
            hear = self.feed.receive  # one object for all transports
            for transport in self._transports:
                await self._subscribe(transport, hear)
            await self.feed.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop listening; listeners hear nothing more. What goes wrong on the way out is logged."""
        try:
            await self._leave(self._subscriptions)
        finally:
            self._subscriptions = ()
            await self.feed.close()

    async def _subscribe(self, transport: Transport, hear: Callable[[Event], None]) -> None:
        if transport.subscribe is None:
            return
        context: Context
        if transport.abilities.taskless:
            context = transport.subscribe(channel=self.name, deliver=hear)
        else:
            enter = partial(transport.subscribe, channel=self.name, deliver=hear)
            context = Held(enter, f"{transport.name} subscribed to {self.name}", self.feed.suspect)
        await context.__aenter__()
        self._subscriptions = (*self._subscriptions, context)

    async def _leave(self, contexts: Sequence[Context]) -> None:
        """Leave them in reverse, each whatever becomes of the others."""
        if not contexts:
            return
        try:
            await contexts[-1].__aexit__(None, None, None)
        except Exception as error:
            logger.warning("leaving %s: %s", self.name, failure(error))
        finally:
            await self._leave(contexts[:-1])

    def _hand_on(self, deliveries: Sequence[Delivery]) -> None:
        for listener in self._listeners:
            try:
                listener(deliveries)
            except Exception as error:  # its own mistake: neither others' nor the transport's
                logger.warning("a listener on %s failed: %s", self.name, failure(error))
        self._observers.heard(deliveries)


def without(listener: Listener, listeners: tuple[Listener, ...]) -> tuple[Listener, ...]:
    """Return these listeners without one of them, if it is there."""
    if listener not in listeners:
        return listeners
    index = listeners.index(listener)
    return listeners[:index] + listeners[index + 1 :]


def no_log(channel: str) -> str:
    """Return what to tell of a channel that is to be recalled from."""
    return (
        f"channel {channel!r} has no log to recall from: subscribe without `after`, or "
        "add the channel to the setting `logged`"
    )
