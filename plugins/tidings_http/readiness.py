"""Which plugins of an application can do their work now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING

from tidings import Closed
from tidings.names import user_channel
from tidings.redaction import failure

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

WITHIN = 2.0
"""How long a plugin may take to answer, in seconds."""

READY = "ready"

_PROBE = user_channel("tidings-readyz")


async def readiness(front: HttpFront) -> Mapping[str, str]:
    """Ask each plugin; return by its name "ready", or what hinders it.

    The store is asked for the head of a channel.
    """
    try:
        hooks = front.tidings.hooks
    except Closed:
        return {front.name: "the application is not open"}
    found = dict.fromkeys(hooks.plugins, READY)
    for name in hooks.persist:
        found[name] = await _tried(front.log.heads([_PROBE]))
    return found


async def _tried(asked: Awaitable[object]) -> str:
    try:
        async with asyncio.timeout(WITHIN):
            await asked
    except TimeoutError:
        return f"gives no answer within {WITHIN:g} s"
    except Exception as error:
        return failure(error)
    return READY
