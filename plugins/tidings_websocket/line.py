"""One channel, for all connections of one language that hear it: each event is encoded once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tidings import Event, Lagged, Position, Reset
from tidings.event import Delivery
from tidings.ids import made_at
from tidings.listening import Listening
from tidings.redaction import failure
from tidings_websocket.arrivals import is_own, newcomers
from tidings_websocket.counters import Counters
from tidings_websocket.dialect import Dialect, Ending
from tidings_websocket.frames import Batch

if TYPE_CHECKING:
    from tidings_websocket.session import Session

logger = logging.getLogger("tidings.websocket")

_LONG_AGO = 60.0  # what was made before so many seconds was meant for later: that is no latency


class Line:
    """Hands what a channel brings to its members: what comes in one turn of the loop as one write.

    It listens while it has members, through the `Listening` of one of them.

    Args:
        name: what its members call the channel.
        dialect: what its members speak.
        counters: of the front.
        outgoing: how many bytes may wait to leave to one member.
        compress_from: see `Batch`.
    """

    __slots__ = (
        "_ahead",
        "_compress_from",
        "_counters",
        "_dialect",
        "_members",
        "_name",
        "_outgoing",
        "_pending",
        "_via",
    )

    def __init__(
        self,
        name: str,
        dialect: Dialect,
        counters: Counters,
        *,
        outgoing: int,
        compress_from: int,
    ) -> None:
        self._name = name
        self._dialect = dialect
        self._counters = counters
        self._outgoing = outgoing
        self._compress_from = compress_from
        self._members: dict[str, Session] = {}
        self._ahead: dict[str, Position] | None = None
        self._pending: list[Delivery] | None = None
        self._via: Listening | None = None

    @property
    def empty(self) -> bool:
        """Whether nobody is a member."""
        return not self._members

    @property
    def members(self) -> int:
        """How many there are."""
        return len(self._members)

    def join(self, session: Session, listening: Listening, position: Position | None) -> None:
        """Let a session hear what comes next. It has heard all up to `position`."""
        self._flush()
        if self._via is None:
            self._attach(listening)
        self._members[session.id] = session
        head = listening.head
        if position and head and position.epoch == head.epoch and position.offset > head.offset:
            self._ahead = self._ahead or {}  # it read in the log what no transport brought yet
            self._ahead[session.id] = position

    def leave(self, session: Session, listening: Listening) -> None:
        """Let a session hear no more; one that is no member is left alone."""
        if self._members.pop(session.id, None) is None:
            return
        if self._ahead is not None:
            self._ahead.pop(session.id, None)
        if listening is self._via:
            self._via = None
            if self._members:  # no await in between: nothing is missed, and nothing heard twice
                other = next(iter(self._members.values()))
                self._attach(other.followed.listening(self._name))
            listening.detach(self._hear)

    def batch(self, deliveries: Sequence[Delivery], session: Session | None = None) -> Batch:
        """Return what deliveries are on the wire: for one session, or for all others."""
        mine = None if session is None else session.id
        texts = [self._text(self._named(delivery), mine) for delivery in deliveries]
        return Batch([text for text in texts if text is not None], self._compress_from)

    def _attach(self, listening: Listening) -> None:
        listening.attach(self._hear)
        self._via = listening

    def _text(self, delivery: Delivery, mine: str | None) -> bytes | None:
        try:
            if mine is not None and isinstance(delivery, Event) and delivery.origin == mine:
                return self._dialect.echo(delivery)
            return self._dialect.delivery(delivery)
        except Exception as error:  # the others are no worse off for that
            logger.error("what cannot be said in %s: %s", self._dialect.name, failure(error))
            return None

    def _named(self, delivery: Delivery) -> Delivery:
        if delivery.channel == self._name:
            return delivery
        if isinstance(delivery, Event):
            return delivery._replace(channel=self._name)
        return replace(delivery, channel=self._name)

    def _hear(self, deliveries: Sequence[Delivery]) -> None:
        if self._pending is None:
            self._pending = []
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending += deliveries

    def _flush(self) -> None:
        pending, self._pending = self._pending, None
        if not pending or not self._members:
            return
        batch = self.batch(pending)
        apart = self._apart(pending)
        members = tuple(self._members.values())
        for member in members:
            if member.id in apart:
                own = self.batch(self._unheard(member, pending), member)
                waiting = member.outlet.write(own)
            else:
                waiting = member.outlet.write(batch)
            if waiting > self._outgoing and member.is_slow(waiting):
                member.end(Ending.SLOW)
        self._count(pending, batch, len(members))

    def _apart(self, pending: Sequence[Delivery]) -> frozenset[str]:
        """Return who gets something of their own: who sent it, who came by it, who is ahead."""
        authors = [delivery.origin for delivery in pending if isinstance(delivery, Event)]
        apart = frozenset(author for author in authors if author) | frozenset(self._ahead or ())
        return apart | newcomers(pending, self._members.values())

    def _unheard(self, member: Session, pending: Sequence[Delivery]) -> Sequence[Delivery]:
        """Leave out what a member knows already: it was ahead, or is who came."""
        pending = [delivery for delivery in pending if not is_own(member, delivery)]
        known = (self._ahead or {}).get(member.id)
        if known is None or self._ahead is None:
            return pending
        unheard = [delivery for delivery in pending if not _is_known(delivery, known)]
        if any(isinstance(delivery, Event | Reset) and delivery.position for delivery in unheard):
            del self._ahead[member.id]
        if not self._ahead:
            self._ahead = None
        return unheard

    def _count(self, pending: Sequence[Delivery], batch: Batch, members: int) -> None:
        counters = self._counters
        counters.events += len(pending)
        counters.deliveries += len(batch.texts) * members
        counters.bytes_out += batch.size * members
        first = pending[0]
        if isinstance(first, Event) and (made := made_at(first.id)) is not None:
            took = max(0.0, time.time() - made)
            if took < _LONG_AGO:
                counters.took(took)


def _is_known(delivery: Delivery, known: Position) -> bool:
    position = None if isinstance(delivery, Lagged) else delivery.position
    return bool(position and position.epoch == known.epoch and position.offset <= known.offset)
