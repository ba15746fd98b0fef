"""Looking through streams for what is overdue: proofs that have expired, and pings."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from tidings.redaction import failure
from tidings_http.chunks import Chunk
from tidings_http.event_text import PING

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

logger = logging.getLogger("tidings.http")

EVERY = 1.0
"""How often, in seconds, where no limit is shorter than that."""

_TOGETHER = 1_000  # so many are looked at before others have their turn


async def sweep(front: HttpFront) -> None:
    """Go through all streams, again and again, until cancelled."""
    every = min(EVERY, front.limits.ping / 2)
    while True:
        await asyncio.sleep(every)
        try:
            await _look_at_all(front)
        except Exception as error:
            logger.error("looking for overdue streams failed: %s", failure(error))


async def _look_at_all(front: HttpFront) -> None:
    now, moment, ping = asyncio.get_running_loop().time(), front.tidings.clock(), Chunk([PING])
    for count, stream in enumerate(front.streams, 1):
        identity = stream.identity
        if identity and identity.expires_at and identity.expires_at <= moment:
            stream.end("expired")
        elif stream.stopping:
            stream.end("restart")
        elif now - stream.wrote_at >= front.limits.ping:
            stream.write(ping)
        if count % _TOGETHER == 0:
            await asyncio.sleep(0)
