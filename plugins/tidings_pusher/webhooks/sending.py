"""What one receiver is told, in order, until it has taken it or is given up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from tidings.backoff import Backoff
from tidings_pusher.webhooks.outgoing import BATCH, Outgoing
from tidings_pusher.webhooks.posting import Poster
from tidings_pusher.webhooks.terms import Terms
from tidings_pusher.webhooks.webhook import Webhook

_WHEN_CLOSING = 0.25
"""The longest pause, in seconds, where little time is left."""

logger = logging.getLogger("tidings.pusher.webhooks")


class Sending:
    """Sends what it is given to one receiver, one POST after another.

    Args:
        name: what log lines call the receiver.
        hook: where it is.
        terms: how patient this is.
        clock: gives the time, in seconds.
    """

    def __init__(self, name: str, hook: Webhook, terms: Terms, clock: Callable[[], float]) -> None:
        self.hook = hook
        self.given_up = 0
        """How many events the receiver did not take in time."""
        self._name = name
        self._terms = terms
        self._clock = clock
        self._outgoing = Outgoing(terms.queue, BATCH if hook.batch else 1)
        self._backoff = self._fresh_backoff()
        self._is_failing = False
        self._is_overflowing = False
        self._work = asyncio.Event()
        self._enough = asyncio.Event()
        self._closing = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many events wait, those that are being sent included."""
        return len(self._outgoing)

    @property
    def dropped(self) -> int:
        """How many events were lost because too many waited."""
        return self._outgoing.dropped

    def put(self, text: bytes, count_of: str | None) -> None:
        """Take an event to send, as JSON; `count_of`: the channel whose count it is."""
        dropped = self.dropped
        self._outgoing.put(text, self._clock(), count_of)
        if self.dropped > dropped and not self._is_overflowing:
            self._is_overflowing = True
            words = "%s is too far behind: of more than %d events the oldest are dropped"
            logger.warning(words, self._name, self._terms.queue)
        if self._outgoing.is_full_batch:
            self._enough.set()
        self._work.set()
        self._idle.clear()

    async def run(self, poster: Poster) -> None:
        """Send what comes, until cancelled."""
        while True:
            while not self._outgoing:
                self._idle.set()
                self._work.clear()
                await self._work.wait()
            await self._gather()
            began = self._clock()
            why = await poster.post(self.hook, self._outgoing.take())
            if why is None:
                self._taken()
            else:
                await self._failed(why, began)

    def hurry(self) -> None:
        """Wait for no better moment to send any more: it is closing time."""
        self._closing.set()
        self._enough.set()

    async def drain(self) -> None:
        """Wait until all is taken or given up."""
        await self._idle.wait()

    async def _gather(self) -> None:
        """Wait for a full batch, where there may be one, but not for long."""
        left = self._outgoing.oldest + self._terms.gather - self._clock()
        if not self.hook.batch or self._outgoing.is_full_batch or left <= 0:
            return
        if not self._closing.is_set():
            self._enough.clear()
        await _within(left, self._enough)

    def _taken(self) -> None:
        self._outgoing.done()
        self._backoff = self._fresh_backoff()
        self._is_failing = False
        self._is_overflowing = False

    async def _failed(self, why: str, began: float) -> None:
        retry_for = self._terms.retry_for
        if not self._is_failing:
            self._is_failing = True
            logger.warning("%s fails, and is tried again: %s", self._name, why)
        # measured from when the attempt began, so that who came later has one of their own
        if given_up := self._outgoing.put_back(began - retry_for):
            self.given_up += given_up
            events = "1 event" if given_up == 1 else f"{given_up} events"
            logger.warning("%s: gave up %s: %s", self._name, events, why)
        if self._outgoing:
            await self._pause(self._outgoing.oldest + retry_for - self._clock())

    async def _pause(self, most: float) -> None:
        """Wait before the next attempt, of which the last is due after `most` seconds."""
        least = self._terms.first_pause / 2
        if self._closing.is_set():
            await asyncio.sleep(min(least, _WHEN_CLOSING))
        else:
            await _within(max(least, min(self._backoff.next(), most)), self._closing)

    def _fresh_backoff(self) -> Backoff:
        return Backoff(self._terms.first_pause, self._terms.most_pause)


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than that."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
