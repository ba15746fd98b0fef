"""Looking through connections for what is overdue: proofs, signs of life."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from tidings_websocket.dialect import Ending
from tidings_websocket.notices import Notices

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront
    from tidings_websocket.session import Session

EVERY = 1.0
"""How often, in seconds."""


async def sweep(front: WebSocketFront) -> None:
    """Go through all connections, again and again, until cancelled."""
    notices = Notices(front.counters)
    try:
        while True:
            await asyncio.sleep(EVERY)
            now, moment = asyncio.get_running_loop().time(), front.tidings.clock()
            for session in front.sessions:
                look_at(session, now, moment)
            notices.tell(now)
    finally:
        notices.tell_rest()


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
            session.end(Ending.UNAUTHENTICATED)
            return
    elif identity.expires_at is not None and identity.expires_at <= moment:
        session.end(Ending.EXPIRED)
        return
    silence = now - session.heard_at
    if session.pinged and silence > 2 * limits.silence:
        session.end(Ending.SILENT)
    elif silence > limits.silence and not session.pinged:
        session.pinged = session.outlet.ping()
