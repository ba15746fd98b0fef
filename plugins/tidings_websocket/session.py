"""One connection's side of the conversation, whatever carries it and in whichever language."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tidings import Identity
from tidings.ids import new_id
from tidings_websocket.admission import begin
from tidings_websocket.commands import Ref
from tidings_websocket.dialect import Dialect, Ending, Malformed
from tidings_websocket.followed import Followed
from tidings_websocket.frames import Batch
from tidings_websocket.handshake import Opening
from tidings_websocket.outlet import Outlet
from tidings_websocket.rate import Rate
from tidings_websocket.work import Work

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront

logger = logging.getLogger("tidings.websocket")


class Session:
    """What a front knows of one client, and how it speaks to it.

    Attributes:
        id: names the connection; it is the `origin` of what comes from it.
        identity: who the client is, once it has proved that.
        trusted: whether it may `admin`: limits of what one connection does are for others.
        ended: nothing more is written or taken.
        opened_at, heard_at: when it came, and when it last gave a sign of life (the loop's time).
        pinged: it was asked for one since.
    """

    __slots__ = (
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
        self.id = new_id()
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
        self.seats: list[tuple[str, str]] = []
        self._rate: Rate | None = None
        self._work: Work | None = None

    def begin(self, opening: Opening) -> None:
        """Say who the client is taken for; what it sends waits for that."""
        logger.debug(
            "a client came",
            extra={"connection": self.id, "dialect": self.dialect.name, "address": self.address},
        )
        self.front.sessions.came(self)
        self._work = Work(self, begin(self, opening))

    def receive(self, text: str) -> None:
        """Take a message from the client."""
        if self.ended:
            return
        self.alive()
        self.front.counters.bytes_in += len(text)
        if not self._may_send():
            self.front.counters.refuse("rate", self.address)
            self.end(Ending.FLOOD)
            return
        try:
            request = self.dialect.read(text, self.id)
        except Malformed as error:
            self.refuse(error.ref, error)
            return
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

    def send(self, text: bytes | None) -> None:
        """Write a text of this client's own."""
        if text is not None:
            self.front.counters.bytes_out += len(text)
            self.write(Batch((text,), self.front.compress_from))

    def write(self, batch: Batch) -> None:
        """Write what may be others' too."""
        if not self.ended and self.outlet.write(batch) > self.front.limits.outgoing:
            self.end(Ending.SLOW)

    def refuse(self, ref: Ref, error: Exception) -> None:
        """Tell the client that a request failed."""
        self.front.counters.failures[type(error).__name__] += 1
        self.send(self.dialect.refusal(ref, error))

    def end(self, ending: Ending) -> None:
        """Close the connection, and say why."""
        if not self.ended:
            self.ended = True
            if ending is Ending.SLOW:
                self.front.counters.too_slow(self.address)
            self.outlet.end(*self.dialect.close(ending))
            self._give_back(ending.name.lower())

    def gone(self) -> None:
        """Note that the connection is no more."""
        if not self.ended:
            self.ended = True
            self._give_back("gone")

    def _give_back(self, why: str) -> None:
        """Leave all that was this client's. What it had stored is being stored."""
        self.front.counters.ended[why] += 1
        user = None if self.identity is None else self.identity.user
        logger.debug("a client went", extra={"connection": self.id, "user": user, "why": why})
        self.followed.leave_all()
        for channel, user in self.seats:
            self.front.seats.leave(channel, user)
        self.seats.clear()
        self.front.sessions.left(self)
        if self._work is not None:
            self._work.stop()

    def _may_send(self) -> bool:
        if self.trusted:
            return True
        if self._rate is None:
            self._rate = Rate(self.front.limits.rate, self.opened_at)
        return self._rate.allows(self.heard_at)
