"""The channels that one connection hears."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tidings import Closed, Position, Reset
from tidings.listening import Listening

if TYPE_CHECKING:
    from tidings_websocket.session import Session


class Followed:
    """Keeps the channels of a session open, and feeds it from the log where it is behind.

    One that has missed nothing costs no reading of the log.
    """

    __slots__ = ("_listenings", "_reading", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._listenings: dict[str, Listening] = {}
        self._reading: dict[str, asyncio.Task[None]] | None = None

    def __contains__(self, channel: str) -> bool:
        return channel in self._listenings

    def __len__(self) -> int:
        return len(self._listenings)

    def listening(self, channel: str) -> Listening:
        """Return what keeps a followed channel open."""
        return self._listenings[channel]

    async def follow(self, channel: str, after: Position | None) -> Position | None:
        """Hear a channel from behind a position, or from now on; return where that is.

        One that is followed already is followed anew. When this returns, nothing has been written
        yet of what comes behind that position.

        Raises what opening the channel raises.
        """
        self.leave(channel)
        listening = self._session.front.tidings.listen(channel)
        await listening.__aenter__()
        self.leave(channel)  # one that came first, meanwhile
        if self._session.ended:
            await listening.aclose()
            return None
        self._listenings[channel] = listening
        front, head = self._session.front, listening.head
        front.counters.subscriptions += 1
        if head is None or after is None or after == head:
            front.counters.resumed["live"] += after is not None
            self._join(listening, head)
            return head
        self._reading = {} if self._reading is None else self._reading
        self._reading[channel] = front.start(self._read_up(listening, after))
        return after

    def leave(self, channel: str) -> None:
        """Hear a channel no more; one that is not followed is left alone."""
        listening = self._listenings.pop(channel, None)
        if listening is None:
            return
        front = self._session.front
        front.counters.subscriptions -= 1
        if self._reading and (task := self._reading.pop(channel, None)) is not None:
            task.cancel()
        front.lines.leave(self._session, listening)
        front.start(listening.aclose())

    def leave_all(self) -> None:
        """Hear nothing more."""
        for channel in list(self._listenings):
            self.leave(channel)

    def _join(self, listening: Listening, position: Position | None) -> None:
        line = self._session.front.lines.line(listening.channel, self._session.dialect)
        line.join(self._session, listening, position)

    async def _read_up(self, listening: Listening, after: Position) -> None:
        """Write what was missed, then join the others; nothing is awaited in between."""
        session = self._session
        line = session.front.lines.line(listening.channel, session.dialect)
        reading, lost = listening.read_up(after), False
        try:
            async for deliveries in reading:
                lost = lost or any(isinstance(delivery, Reset) for delivery in deliveries)
                session.outlet.write(line.batch(deliveries, session))
                await session.outlet.drain()  # however much it is, it is waited for
        except Closed:  # the application closes
            return
        session.front.counters.resumed["reset" if lost else "log"] += 1
        self._join(listening, reading.position)
        if self._reading is not None:
            self._reading.pop(listening.channel, None)
            self._reading = self._reading or None
