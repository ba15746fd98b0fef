"""One client's stream of events, from its welcome to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import randint
from typing import TYPE_CHECKING, Any, NamedTuple

from tidings import Closed, Identity, Position, Reset
from tidings.redaction import failure
from tidings.stretches import stretches
from tidings_http import event_text
from tidings_http.chunks import Chunk
from tidings_http.line import Line
from tidings_http.outlet import Outlet

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

logger = logging.getLogger("tidings.http")

RETRY = (1_000, 5_000)
"""After how many milliseconds browsers return, spread so that they do not all do so at once."""

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class Heard(NamedTuple):
    """What a stream brings.

    main: the channel that it is of. start: where on it the stream begins; None: it has no log.
    returning: the client said where. others: channels that are heard beside it.
    """

    main: Line
    start: Position | None
    returning: bool
    others: Sequence[Line]


class Stream:
    """What a front knows of one client.

    Attributes:
        identity: whose it is; None: nobody's in particular.
        ended: why nothing more is written, if so.
        wrote_at: when something was last written (the loop's time).
    """

    __slots__ = ("_deadline", "_front", "_heard", "_outlet", "ended", "identity", "wrote_at")

    def __init__(self, front: HttpFront, identity: Identity | None) -> None:
        self.identity = identity
        self.ended: str | None = None
        self.wrote_at = asyncio.get_running_loop().time()
        self._front = front
        self._outlet: Outlet | None = None
        self._heard: Heard | None = None
        self._deadline: asyncio.Timeout | None = None

    def write(self, chunk: Chunk) -> None:
        """Write to the client; one that takes too little is ended."""
        if self.ended or self._outlet is None or not chunk.count:
            return
        self.wrote_at = asyncio.get_running_loop().time()
        if self._outlet.write(chunk) > self._front.limits.outgoing:
            self.end("slow")

    def end(self, reason: str) -> None:
        """End it soon, and say why, unless it has ended."""
        if self.ended is None:
            self.ended = reason
            self._leave()
            if self._deadline is not None:
                self._deadline.reschedule(asyncio.get_running_loop().time())

    @property
    def stopping(self) -> bool:
        """Whether its server is known to have begun to stop."""
        return self._outlet is not None and self._outlet.stopping

    async def run(self, outlet: Outlet, receive: Receive, heard: Heard, welcome: bytes) -> None:
        """Write the welcome, what was missed and what comes, until either side ends."""
        self._outlet, self._heard = outlet, heard
        reading: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(0 if self.ended else None) as self._deadline:
                self.write(Chunk([b"retry: %d\n" % _retry(), welcome]))
                reading = self._begin(heard)
                await _gone(receive)
                self.end("gone")
        except TimeoutError:
            pass
        finally:
            self._deadline = None
            self._leave()
            if reading is not None:
                reading.cancel()
                await asyncio.wait([reading])
            if self.ended in (None, "gone", "slow"):
                await outlet.cut()
            else:
                await outlet.end(Chunk([event_text.end(self.ended, _retry())]))

    def _begin(self, heard: Heard) -> asyncio.Task[None] | None:
        """Join the channels; one whose client is behind is read up first, by the task returned."""
        for line in heard.others:
            line.join(self)
        if heard.start == heard.main.listening.head:
            heard.main.join(self, heard.start)
            self._front.counters.resumed["live"] += heard.returning
            return None
        return asyncio.create_task(self._read_up(heard))

    async def _read_up(self, heard: Heard) -> None:
        try:
            await self._read(heard)
        except Closed:  # the application closes
            self.end("restart")
        except Exception as error:
            logger.error("reading up failed: %s", failure(error))
            self.end("failed")

    async def _read(self, heard: Heard) -> None:
        """Write what was missed, then join the others; nothing is awaited in between."""
        assert self._outlet is not None  # noqa: S101 (it runs)
        reading, lost = heard.main.listening.read_up(heard.start or Position("", 0)), False
        async for deliveries in reading:
            lost = lost or any(isinstance(delivery, Reset) for delivery in deliveries)
            for some in stretches(deliveries):
                self.write(heard.main.chunk(some))
                await self._outlet.drain()  # however much it is, it is waited for
        if not self.ended:
            self._front.counters.resumed["reset" if lost else "log"] += heard.returning
            heard.main.join(self, reading.position)

    def _leave(self) -> None:
        if self._heard is not None:
            for line in (self._heard.main, *self._heard.others):
                line.leave(self)


def _retry() -> int:
    return randint(*RETRY)  # noqa: S311


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
