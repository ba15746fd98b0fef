"""Bringing a new token before the one that a connection came with has expired."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from tidings.backoff import Backoff
from tidings.redaction import failure
from tidings_websocket.commands import Welcome

logger = logging.getLogger("tidings.websocket")

EARLY = 30.0
"""So many seconds before it expires a token is renewed, or in the last fifth of its time."""


async def renew(welcome: Welcome, authenticate: Callable[[], Awaitable[Welcome]]) -> None:
    """Authenticate again in time, and again, for as long as tokens expire.

    Args:
        welcome: what the server said of the token that the connection came with.
        authenticate: does it.
    """
    expires, backoff = welcome.expires_at, Backoff(1.0, 60.0)
    while expires is not None:
        left = (expires - datetime.now(UTC)).total_seconds()
        pause = left - min(EARLY, left / 5)
        if pause < 1:  # it did not work, or the clocks differ: not too often
            pause = backoff.next()
        else:
            backoff = Backoff(1.0, 60.0)
        await asyncio.sleep(pause)
        try:
            expires = (await authenticate()).expires_at
        except Exception as error:
            logger.warning("the token could not be renewed: %s", failure(error))
