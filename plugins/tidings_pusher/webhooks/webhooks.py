"""The webhooks of one app: what is reported reaches each receiver that wants it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tidings.redaction import failure
from tidings_pusher.webhooks.grace import PAIRS, Grace, Report
from tidings_pusher.webhooks.posting import Poster, http_client
from tidings_pusher.webhooks.seldom import Seldom
from tidings_pusher.webhooks.sending import Sending
from tidings_pusher.webhooks.terms import Terms
from tidings_pusher.webhooks.webhook import Webhook

logger = logging.getLogger("tidings.pusher.webhooks")


class Webhooks:
    """Tells an app's receivers what happens, as Pusher's webhooks do.

    Events are reported from the event loop that it was opened on, while it is open; at other times
    they are none of its business.

    Args:
        key: the app's.
        secret: the app's.
        hooks: the receivers. Each has a queue of its own: one that is down delays no other.
        terms: how patient this is.
        clock: gives the time, in seconds since any beginning.
        now: gives the time, in seconds since 1970.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        hooks: Sequence[Webhook],
        *,
        terms: Terms | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._secret = secret
        self._terms = terms or Terms()
        self._clock = clock
        self._now = now
        self._sendings = [
            Sending(f"webhook {number} of app {key} ({hook.origin})", hook, self._terms, clock)
            for number, hook in enumerate(hooks, start=1)
        ]
        self._kinds = _with_pairs({kind for hook in hooks for kind in hook.kinds})
        self._grace = Grace(self._terms.grace)
        self._seldom = Seldom()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"Webhooks(key={self._key!r}, receivers={len(self._sendings)})"

    @property
    def given_up(self) -> int:
        """How many events receivers did not take in time, counted for each receiver."""
        return sum(sending.given_up for sending in self._sendings)

    @property
    def dropped(self) -> int:
        """How many events were lost because too many waited, counted for each receiver."""
        return sum(sending.dropped for sending in self._sendings)

    def wanted(self, kind: str) -> bool:
        """Tell whether events of a kind are worth reporting."""
        return kind in self._kinds

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Send what is reported, until exit; that waits a while for what is owed. Only once."""
        if not self._sendings:
            yield
            return
        async with http_client() as client:
            poster = Poster(client, self._key, self._secret, self._terms.timeout, self._now)
            tasks = [asyncio.create_task(sending.run(poster)) for sending in self._sendings]
            for task in tasks:
                task.add_done_callback(_tell_failure)
            self._loop = asyncio.get_running_loop()
            try:
                yield
            finally:
                try:
                    await self._drain()
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.wait(tasks)

    def report(self, event: Report) -> None:
        """Take an event, as Pusher's webhooks name its parts; never waits."""
        kind, channel = str(event.get("name")), str(event.get("channel"))
        if self._loop is None or kind not in self._kinds or not self._concerns(channel):
            return
        now = self._clock()
        if kind == "cache_miss" and not self._seldom.allows(channel, now):
            return
        for released in self._grace.take(dict(event), now):
            self._send(released)
        self._wake()

    def _concerns(self, channel: str) -> bool:
        return any(channel.startswith(sending.hook.channels) for sending in self._sendings)

    def _send(self, event: Report) -> None:
        kind, channel = str(event["name"]), str(event["channel"])
        # a client's text may hold half a surrogate pair, which is no UTF-8: then a ? stands for it
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        for sending in self._sendings:
            if sending.hook.wants(kind, channel):
                sending.put(text, channel if kind == "subscription_count" else None)

    def _wake(self) -> None:
        """Have what is held back released in time."""
        due = self._grace.next_due
        if self._timer is None and due is not None and self._loop is not None:
            self._timer = self._loop.call_later(max(0.0, due - self._clock()), self._release)

    def _release(self) -> None:
        self._timer = None
        for event in self._grace.due(self._clock()):
            self._send(event)
        self._wake()

    async def _drain(self) -> None:
        """Wait until all is sent, but not for long."""
        self._stop()
        for event in self._grace.flush():
            self._send(event)
        for sending in self._sendings:
            sending.hurry()
        try:
            async with asyncio.timeout(self._terms.close_within):
                for sending in self._sendings:
                    await sending.drain()
        except TimeoutError:
            left = sum(sending.waiting for sending in self._sendings)
            logger.warning("closing: %d events were not taken by their webhooks in time", left)

    def _stop(self) -> None:
        self._loop = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _with_pairs(kinds: set[str]) -> frozenset[str]:
    """Return what is to be heard of for these kinds: who comes back makes void that they went."""
    pairs = [pair for pair in PAIRS.items() if kinds.intersection(pair)]
    return frozenset(kinds).union(*pairs)


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("sending webhooks failed: %s", failure(error))
