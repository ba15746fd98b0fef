"""Looking through connections for what is overdue: proofs, signs of life."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING

from tidings.redaction import failure
from tidings_websocket.dialect import Ending
from tidings_websocket.notices import Notices

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront
    from tidings_websocket.session import Session

logger = logging.getLogger("tidings.websocket")

EVERY = 1.0
"""How often, in seconds, where no limit is shorter than that."""

_TOGETHER = 1_000  # so many are looked at before others have their turn


async def sweep(front: WebSocketFront) -> None:
    """Go through all connections, again and again, until cancelled."""
    notices = Notices(front.counters)
    every = min(EVERY, front.limits.handshake / 2, front.limits.silence / 2)
    try:
        while True:
            await asyncio.sleep(every)
            try:
                await _look_at_all(front)
            except Exception as error:
                logger.error("looking for overdue clients failed: %s", failure(error))
            notices.tell(asyncio.get_running_loop().time())
    finally:
        notices.tell_rest()


async def _look_at_all(front: WebSocketFront) -> None:
    now, moment = asyncio.get_running_loop().time(), front.tidings.clock()
    for count, session in enumerate(front.sessions, 1):
        if not session.ended:
            look_at(session, now, moment)
        if count % _TOGETHER == 0:
            await asyncio.sleep(0)


def look_at(session: Session, now: float, moment: datetime) -> None:
    """End a connection that is overdue, or ask it for a sign of life.

    Args:
        session: the connection.
        now: the time by which its signs of life are noted, in seconds.
        moment: the time by which its proof expires.
    """
    limits, identity = session.front.limits, session.identity
    if identity is None:
        if not session.dialect.anonymous and now - session.opened_at > limits.handshake:
            session.front.counters.refuse("handshake", session.address)
            session.end(Ending.FAILED if session.busy else Ending.UNAUTHENTICATED)
            return
    elif identity.expires_at is not None and identity.expires_at <= moment:
        session.end(Ending.EXPIRED)
        return
    silence = now - session.heard_at
    if session.pinged and silence > 2 * limits.silence:
        session.end(Ending.SILENT)
    elif silence > limits.silence and not session.pinged:
        session.pinged = session.outlet.ping()
