"""All that a client has while it is open: a link, what is asked on it, and who listens."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tidings import Event, Lagged, Reset, TransportError
from tidings_websocket.client.asking import Asking
from tidings_websocket.client.connection import Line
from tidings_websocket.client.link import Hearers, Link
from tidings_websocket.client.listeners import Listeners
from tidings_websocket.client.origins import Origins
from tidings_websocket.client.seats import Seats
from tidings_websocket.client.token import TokenSource
from tidings_websocket.commands import Subscribe, Unsubscribe
from tidings_websocket.plain.reading import Frame

logger = logging.getLogger("tidings.websocket")


class Remote:
    """A server, as a client knows it.

    Attributes:
        asking: to ask it.
        seats: to be present.
        origins: of what was sent.
        link: to it.
    """

    def __init__(self, line: Line, tokens: TokenSource, *, timeout: float, in_flight: int) -> None:
        self.asking = Asking(line.url, timeout=timeout, in_flight=in_flight)
        self.seats = Seats(self.asking)
        self.origins = Origins()
        self._listeners = Listeners()
        hearers = Hearers(self._hear, self.seats.take_again, self._listeners.fail_all)
        self.link = Link(line, tokens, self.asking, hearers)

    @asynccontextmanager
    async def subscribed(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        """Hear a channel until exit; within, the loss of the connection is raised."""
        async with self._listeners.listening(channel, deliver):
            connection = await self.asking.connection()
            try:
                await self.asking.ask(Subscribe(channel), on=connection)
                yield
            finally:
                self.asking.tell(Unsubscribe(channel), connection)

    def _hear(self, frame: Frame) -> None:
        if isinstance(frame, Event):
            self._listeners.hear(self.origins.restored(frame))
        elif isinstance(frame, Reset):  # let the core find out for itself what it has lost
            lost = TransportError(f"the server has lost history of {frame.channel}: {frame.reason}")
            self._listeners.fail(frame.channel, lost)
        elif isinstance(frame, Lagged):
            logger.warning("%d events of %s were too much", frame.missed, frame.channel)
