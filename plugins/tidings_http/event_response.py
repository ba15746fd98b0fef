"""The answer that is a stream of events: it opens its channels, and ends when either side does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from starlette.responses import Response

from tidings import Counts, Position, Unsupported
from tidings.names import channel_user
from tidings_http import event_text
from tidings_http.caller import Caller
from tidings_http.line import Line
from tidings_http.outlet import RAW_SEND, outlet
from tidings_http.problems import malformed, too_late
from tidings_http.stream import Heard, Receive, Stream

OPEN_WITHIN = 10.0
"""How long opening a stream's channels may take, in seconds."""

_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events until it has many
    (b"x-content-type-options", b"nosniff"),
]


class EventResponse(Response):
    """Streams a channel, and others beside it.

    Args:
        by: who asks.
        channel: what the stream is of.
        others: channels whose events are brought as they come.
        after: where on the channel to go on from; None: from now on.
    """

    def __init__(
        self, by: Caller, channel: str, others: Sequence[str], after: Position | None
    ) -> None:
        super().__init__()
        self._by = by
        self._channel = channel
        self._others = others
        self._after = after

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """Answer."""
        front = self._by.front
        stream = Stream(front, self._by.identity)
        async with AsyncExitStack() as stack:
            stack.enter_context(front.streams.counting(stream))
            try:
                async with asyncio.timeout(OPEN_WITHIN):
                    heard, welcome = await self._opened(stack)
            except TimeoutError:
                raise too_late() from None
            front.counters.opened += 1
            try:
                await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
                way = outlet(receive, send, scope.get(RAW_SEND))
                await stream.run(way, receive, heard, welcome)
            finally:
                front.counters.ended[stream.ended or "failed"] += 1

    async def _opened(self, stack: AsyncExitStack) -> tuple[Heard, bytes]:
        """Open the channels, and return the first event.

        Who may hear them is asked once it would be heard of who is to be cut off.
        """
        front = self._by.front
        await front.control.ready()
        for channel in (self._channel, *self._others):
            await self._by.need(channel, "subscribe")
        main = await stack.enter_async_context(front.lines.using(self._channel, main=True))
        others = [
            await stack.enter_async_context(front.lines.using(channel, main=False))
            for channel in self._others
        ]
        start = self._start(main)
        welcome = self._welcome(start, await self._counts())
        return Heard(main, start, self._after is not None, others), welcome

    def _start(self, main: Line) -> Position | None:
        head = main.listening.head
        if self._after is not None and head is None:
            raise malformed("after: this channel has no log to go on in: leave it out")
        return head if self._after is None else self._after

    def _welcome(self, start: Position | None, badge: Counts | None) -> bytes:
        identity = self._by.identity
        return event_text.welcome(
            self._channel,
            user=None if identity is None else identity.user,
            place=start,
            badge=badge,
            expires_at=None if identity is None else identity.expires_at,
        )

    async def _counts(self) -> Counts | None:
        is_inbox = channel_user(self._channel) is not None
        if not is_inbox or not await self._by.may(self._channel, "inbox"):
            return None
        try:
            return await self._by.front.tidings.rows.counts(self._channel)
        except Unsupported:  # there is no store
            return None
