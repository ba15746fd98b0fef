"""Cutting users off when the application says so, on whichever node it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic_core import from_json

from tidings import Event
from tidings.backoff import Backoff
from tidings.event import Delivery
from tidings.names import CONTROL_CHANNEL
from tidings.redaction import failure
from tidings.service import DISCONNECT
from tidings_websocket.dialect import Ending

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront

logger = logging.getLogger("tidings.websocket")


async def hear_control(front: WebSocketFront) -> None:
    """Listen to the control channel, from the first client on, until cancelled."""
    await front.wanted.wait()
    backoff = Backoff(0.1)
    while True:
        try:
            async with front.tidings.listen(CONTROL_CHANNEL) as listening:
                listening.attach(lambda deliveries: obey(front, deliveries))
                front.listening.set()
                await asyncio.get_running_loop().create_future()
        except Exception as error:
            logger.warning("the control channel cannot be heard: %s", failure(error))
            await asyncio.sleep(backoff.next())


def obey(front: WebSocketFront, deliveries: Sequence[Delivery]) -> None:
    """End the connections of users who are to be cut off."""
    for delivery in deliveries:
        if isinstance(delivery, Event) and delivery.name == DISCONNECT:
            data = from_json(delivery.data)
            ending = Ending.REVOKED if data["revoked"] else Ending.DISCONNECTED
            for session in front.sessions.of(data["user"]):
                session.end(ending)
