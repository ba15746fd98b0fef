"""Cutting users off when the application says so, on whichever node it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from pydantic_core import from_json

from tidings import Event
from tidings.backoff import Backoff
from tidings.event import Delivery
from tidings.listening import Listening
from tidings.names import CONTROL_CHANNEL
from tidings.redaction import failure
from tidings.service import DISCONNECT
from tidings_http.streams import Streams

logger = logging.getLogger("tidings.http")


class Control:
    """Listens to the control channel, from the first stream on.

    Args:
        listen: returns what keeps a channel open.
        streams: those that are ended.
    """

    def __init__(self, listen: Callable[[str], Listening], streams: Streams) -> None:
        self._listen = listen
        self._streams = streams
        self._wanted = asyncio.Event()
        self._listening = asyncio.Event()

    async def ready(self) -> None:
        """Wait until whoever is to be cut off would be heard of."""
        self._wanted.set()
        await self._listening.wait()

    async def run(self) -> None:
        """Listen until cancelled."""
        await self._wanted.wait()
        backoff = Backoff(0.1)
        while True:
            try:
                async with self._listen(CONTROL_CHANNEL) as listening:
                    listening.attach(self._obey)
                    self._listening.set()
                    await asyncio.get_running_loop().create_future()
            except Exception as error:
                logger.warning("the control channel cannot be heard: %s", failure(error))
                await asyncio.sleep(backoff.next())

    def _obey(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if isinstance(delivery, Event) and delivery.name == DISCONNECT:
                data = from_json(delivery.data)
                for stream in self._streams.of(data["user"]):
                    stream.end("revoked" if data["revoked"] else "disconnected")
