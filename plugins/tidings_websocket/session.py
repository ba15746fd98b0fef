"""One connection's side of the conversation, whatever carries it and in whichever language."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tidings import Identity
from tidings.redaction import failure
from tidings_websocket.admission import begin
from tidings_websocket.commands import Ref
from tidings_websocket.dialect import Dialect, Ending, Malformed, Refused
from tidings_websocket.followed import Followed
from tidings_websocket.frames import Batch
from tidings_websocket.opening import Opening
from tidings_websocket.outlet import Outlet
from tidings_websocket.rate import Rate
from tidings_websocket.work import Work

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront

logger = logging.getLogger("tidings.websocket")


class Session:
    """What a front knows of one client, and how it speaks to it. Being made, it counts as one.

    Attributes:
        id: names the connection; it is the `origin` of what comes from it.
        identity: who the client is, once it has proved that.
        trusted: whether it may `admin`: limits of what one connection does are for others.
        ended: nothing more is written or taken.
        opened_at, heard_at: when it came, and when it last gave a sign of life (the loop's time).
        pinged: it was asked for one since.
        seats: on which presence channels it is there as which user, and how many times over.
    """

    __slots__ = (
        "_asked_for",
        "_rate",
        "_work",
        "address",
        "dialect",
        "ended",
        "followed",
        "front",
        "heard_at",
        "id",
        "identity",
        "opened_at",
        "outlet",
        "pinged",
        "seats",
        "trusted",
    )

    def __init__(
        self, front: WebSocketFront, dialect: Dialect, outlet: Outlet, address: str | None
    ) -> None:
        self.id = dialect.connection_id()
        self.front = front
        self.dialect = dialect
        self.outlet = outlet
        self.address = address
        self.identity: Identity | None = None
        self.trusted = False
        self.ended = False
        self.pinged = False
        self.opened_at = self.heard_at = asyncio.get_running_loop().time()
        self.followed = Followed(self)
        self.seats: dict[tuple[str, str], int] = {}
        self._rate: Rate | None = None
        self._work: Work | None = None
        self._asked_for = 0  # bytes that wait to leave because the client asked for that many
        logger.debug(
            "a client came",
            extra={"connection": self.id, "dialect": dialect.name, "address": address},
        )
        front.sessions.came(self)

    @property
    def busy(self) -> bool:
        """Whether something that it asked for is not answered yet."""
        return self._work is not None

    def begin(self, opening: Opening) -> None:
        """Find out who the client is; what it sends waits for that."""
        if self.ended:
            return
        try:
            self.dialect = self.dialect.converse(opening, self.id, self.send)
        except Refused as refused:
            if refused.frame is not None:
                self.send(refused.frame)
            self.gone("refused")
            self.outlet.end(refused.code, refused.reason)
        else:
            self._work = Work(self, partial(begin, self, opening))

    def heard(self) -> bool:
        """Note a sign of life, and tell whether it may be one more: too many end the connection."""
        if self.ended:
            return False
        self.alive()
        if self._may_send():
            return True
        self.front.counters.refuse("rate", self.address)
        self.end(Ending.FLOOD)
        return False

    def receive(self, text: str, size: int) -> None:
        """Take a message from the client, of so many bytes."""
        if not self.heard():
            return
        self.front.counters.bytes_in += size
        try:
            request = self.dialect.read(text, self.id)
        except Malformed as error:
            self.refuse(error.ref, error)
        except Exception as error:
            logger.error("reading a request failed: %s", failure(error))
            self.refuse(None, error)
        else:
            self.front.counters.requests[type(request.command).__name__] += 1
            if self._work is None:
                self._work = Work(self)
            self._work.add(request)

    def worked(self) -> None:
        """Note that there is nothing more to do for now."""
        self._work = None

    def alive(self) -> None:
        """Note a sign of life."""
        self.heard_at = asyncio.get_running_loop().time()
        self.pinged = False

    def send(self, *texts: bytes) -> None:
        """Write texts of this client's own."""
        self.write(Batch(texts, self.front.compress_from))

    async def answer(self, texts: Sequence[bytes]) -> None:
        """Write what the client asked for, however large it is, and wait while it is much."""
        if not texts or self.ended:
            return
        batch = Batch(texts, self.front.compress_from)
        self.front.counters.bytes_out += batch.size
        self._asked_for += batch.size
        self.outlet.write(batch)
        await self.outlet.drain()
        self._asked_for -= batch.size

    def write(self, batch: Batch) -> None:
        """Write what is this client's alone; one that takes too little is ended."""
        if self.ended or not batch.texts:
            return
        self.front.counters.bytes_out += batch.size
        if self.is_slow(self.outlet.write(batch)):
            self.end(Ending.SLOW)

    def is_slow(self, waiting: int) -> bool:
        """Tell whether so many bytes that wait to leave are too many."""
        return waiting - self._asked_for > self.front.limits.outgoing

    def refuse(self, ref: Ref, error: Exception) -> None:
        """Tell the client that a request failed."""
        self.front.counters.failures[type(error).__name__] += 1
        self.send(*self.dialect.refusal(ref, error))

    def end(self, ending: Ending) -> None:
        """Close the connection, and say why."""
        if not self.ended:
            if ending is Ending.SLOW:
                self.front.counters.too_slow(self.address)
            self.gone(ending.name.lower())
            self.outlet.end(*self.dialect.close(ending))

    def gone(self, why: str = "gone") -> None:
        """Note that the connection is no more, and leave all that was this client's.

        What it had stored is being stored.
        """
        if self.ended:
            return
        self.ended = True
        self.front.counters.ended[why] += 1
        user = None if self.identity is None else self.identity.user
        logger.debug("a client went", extra={"connection": self.id, "user": user, "why": why})
        self.followed.leave_all()
        for seat, times in self.seats.items():
            for _ in range(times):
                self.front.seats.leave(*seat)
        self.seats.clear()
        self.front.sessions.left(self)
        self.dialect.ended(self.id)
        if self._work is not None:
            self._work.stop()

    def _may_send(self) -> bool:
        if self.trusted:
            return True
        if self._rate is None:
            self._rate = Rate(self.front.limits.rate, self.opened_at)
        return self._rate.allows(self.heard_at)
