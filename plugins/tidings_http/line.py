"""One channel, for all streams that hear it: each event is encoded once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidings import Lagged, Position
from tidings.event import Delivery
from tidings.listening import Listening
from tidings.redaction import failure
from tidings_http.chunks import Chunk
from tidings_http.counters import Counters
from tidings_http.event_text import delivery

if TYPE_CHECKING:
    from tidings_http.stream import Stream

logger = logging.getLogger("tidings.http")


class Line:
    """Hands what a channel brings to its members: what comes in one turn of the loop as one chunk.

    Args:
        listening: keeps the channel open, for all members.
        main: its members are streams of this channel, and recover by its positions.
        counters: of the front.
    """

    __slots__ = ("_ahead", "_counters", "_main", "_members", "_pending", "listening", "users")

    def __init__(self, listening: Listening, counters: Counters, *, main: bool) -> None:
        self.listening = listening
        self.users = 0
        self._main = main
        self._counters = counters
        self._members: dict[Stream, None] = {}
        self._ahead: dict[Stream, Position] = {}
        self._pending: list[Delivery] | None = None

    def join(self, stream: Stream, position: Position | None = None) -> None:
        """Let a stream hear what comes next. It has had all up to `position`."""
        self._flush()
        if not self._members:
            self.listening.attach(self._hear)
        self._members[stream] = None
        head = self.listening.head
        if position and head and position.epoch == head.epoch and position.offset > head.offset:
            self._ahead[stream] = position  # it read in the log what no transport brought yet

    def leave(self, stream: Stream) -> None:
        """Let a stream hear no more; one that is no member is left alone."""
        if stream in self._members:
            del self._members[stream]
            self._ahead.pop(stream, None)
            if not self._members:
                self.listening.detach(self._hear)

    def chunk(self, deliveries: Sequence[Delivery]) -> Chunk:
        """Return what deliveries are in an event stream."""
        texts = (self._text(each) for each in deliveries)
        return Chunk([text for text in texts if text is not None])

    def _text(self, found: Delivery) -> bytes | None:
        try:
            return delivery(found, main=self._main)
        except Exception as error:  # the others are no worse off for that
            logger.error("what cannot be said in an event stream: %s", failure(error))
            return None

    def _hear(self, deliveries: Sequence[Delivery]) -> None:
        if self._pending is None:
            self._pending = []
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending += deliveries

    def _flush(self) -> None:
        pending, self._pending = self._pending, None
        if not pending or not self._members:
            return
        shared = self.chunk(pending)
        for member in tuple(self._members):
            chunk = self.chunk(self._unheard(member, pending)) if member in self._ahead else shared
            member.write(chunk)
        self._counters.events += len(pending)
        self._counters.deliveries += shared.count * len(self._members)
        self._counters.bytes_out += len(shared) * len(self._members)

    def _unheard(self, member: Stream, pending: Sequence[Delivery]) -> Sequence[Delivery]:
        """Leave out what a member that was ahead has had already."""
        had = self._ahead[member]
        unheard = [found for found in pending if not _is_had(found, had)]
        if any(not isinstance(found, Lagged) and found.position for found in unheard):
            del self._ahead[member]
        return unheard


def _is_had(found: Delivery, had: Position) -> bool:
    position = None if isinstance(found, Lagged) else found.position
    return bool(position and position.epoch == had.epoch and position.offset <= had.offset)
