"""The channels that one connection hears."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tidings import Closed, Lagged, Position, Reset, Unsupported
from tidings.event import Delivery
from tidings.listening import Listening
from tidings.stretches import stretches

if TYPE_CHECKING:
    from tidings_websocket.line import Line
    from tidings_websocket.session import Session

EARLY = 1_000
"""The most events of a channel without a log that wait until the client is told of it."""


class Followed:
    """Keeps the channels of a session open, and feeds it from the log where it is behind.

    One that has missed nothing costs no reading of the log.
    """

    __slots__ = ("_listenings", "_opened", "_reading", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._listenings: dict[str, Listening] = {}
        self._opened: _Opened | None = None
        self._reading: dict[str, asyncio.Task[None]] | None = None

    def __contains__(self, name: str) -> bool:
        return name in self._listenings

    def __len__(self) -> int:
        return len(self._listenings)

    def listening(self, name: str) -> Listening:
        """Return what keeps a followed channel open."""
        return self._listenings[name]

    async def follow(
        self, channel: str, after: Position | None, name: str | None = None
    ) -> Position | None:
        """Open a channel from behind a position, or from now on; return where that is.

        The client may call it by another name, and the same channel by several. One that is
        followed already by that name is followed anew. Nothing of it is written before `begin`:
        the client is to be told of it first.

        Raises:
            Closed: the connection has ended meanwhile.
            Unsupported: the channel has no log in which to read what came `after`.

        It also raises what opening the channel raises; what was followed before then still is.
        """
        name = channel if name is None else name
        listening = self._session.front.tidings.listen(channel)
        await listening.__aenter__()
        try:
            self._check(listening, after)
        except Exception:
            await listening.aclose()
            raise
        self.leave(name)
        self._listenings[name] = listening
        self._session.front.counters.subscriptions += 1
        self._opened = _Opened.now(name, listening, after)
        return self._opened.position

    def begin(self) -> None:
        """Write what comes on the channel that was opened last, and what was missed before."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        session, listening = self._session, opened.listening
        if opened.early is not None:
            listening.detach(opened.early.hear)
            self._join(opened, None)
            session.write(self._line(opened).batch(opened.early.deliveries(), session))
        elif opened.position == listening.head:
            session.front.counters.resumed["live"] += opened.returning
            self._join(opened, opened.position)
        else:
            self._reading = {} if self._reading is None else self._reading
            self._reading[opened.name] = session.front.start(self._read_up(opened))

    def leave(self, name: str) -> None:
        """Hear a channel no more; one that is not followed is left alone."""
        listening = self._listenings.pop(name, None)
        if listening is None:
            return
        if self._opened is not None and self._opened.listening is listening:
            self._opened = None
        front = self._session.front
        front.counters.subscriptions -= 1
        if self._reading and (task := self._reading.pop(name, None)) is not None:
            task.cancel()
        front.lines.leave(self._session, listening, name)
        front.start(listening.aclose())

    def leave_all(self) -> None:
        """Hear nothing more."""
        for name in list(self._listenings):
            self.leave(name)

    def _check(self, listening: Listening, after: Position | None) -> None:
        if self._session.ended:
            raise Closed("the connection has ended")
        if after is not None and listening.head is None:
            raise Unsupported("this channel has no log: subscribe to it without `after`")

    def _line(self, opened: _Opened) -> Line:
        return self._session.front.lines.line(opened.name, self._session.dialect)

    def _join(self, opened: _Opened, position: Position | None) -> None:
        self._line(opened).join(self._session, opened.listening, position)

    async def _read_up(self, opened: _Opened) -> None:
        """Write what was missed, then join the others; nothing is awaited in between."""
        session, listening = self._session, opened.listening
        reading, lost = listening.read_up(opened.start), False
        try:
            async for deliveries in reading:
                lost = lost or any(isinstance(delivery, Reset) for delivery in deliveries)
                for some in stretches(deliveries):
                    session.write(self._line(opened).batch(some, session))
                    await session.outlet.drain()  # however much it is, it is waited for
        except Closed:  # the application closes
            return
        session.front.counters.resumed["reset" if lost else "log"] += opened.returning
        self._join(opened, reading.position)
        if self._reading is not None:
            self._reading.pop(opened.name, None)
            self._reading = self._reading or None


class _Opened(NamedTuple):
    """A channel that is open, while its client is told so."""

    name: str
    listening: Listening
    position: Position | None
    early: _Early | None
    returning: bool

    @classmethod
    def now(cls, name: str, listening: Listening, after: Position | None) -> _Opened:
        """Note where the channel is; one without a log is heard from this moment on."""
        head, early = listening.head, None
        if head is None:
            early = _Early(listening.channel)
            listening.attach(early.hear)
        return cls(name, listening, head if after is None else after, early, after is not None)

    @property
    def start(self) -> Position:
        """Where to read on in the log."""
        return self.position or Position("", 0)


class _Early:
    """What came on a channel without a log before its client was told of it."""

    __slots__ = ("_channel", "_kept", "_missed")

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._kept: list[Delivery] = []
        self._missed = 0

    def hear(self, deliveries: Sequence[Delivery]) -> None:
        room = EARLY - len(self._kept)
        self._kept += deliveries[:room]
        self._missed += len(deliveries[room:])

    def deliveries(self) -> Sequence[Delivery]:
        missed = [Lagged(self._channel, self._missed)] if self._missed else []
        return [*self._kept, *missed]
