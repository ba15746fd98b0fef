"""Which plugins of an application can do their work now."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tidings import Closed
from tidings.names import user_channel
from tidings.redaction import failure

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

WITHIN = 2.0
"""How long a plugin may take to answer, in seconds."""

READY = "ready"

Ask = Callable[[], Awaitable[object]]

_PROBE = user_channel("tidings-readyz")


async def readiness(front: HttpFront) -> Mapping[str, str]:
    """Ask each plugin; return by its name "ready", or what hinders it.

    The store is asked for the head of a channel. A broker is to have carried what it last had to;
    a carrier that fails keeps nobody from working here. A plugin may have a method
    `async def ready()`, which ends once it can do its work, and raises if it cannot. Others are
    ready once open.
    """
    try:
        hooks, transports = front.tidings.hooks, front.tidings.transports
    except Closed:
        return {front.name: "the application is not open"}
    asked = {name: _ready(plugin) for name, plugin in hooks.plugins.items()}
    asked |= {name: partial(front.tidings.log.heads, [_PROBE]) for name in hooks.persist}
    found = await asyncio.gather(*(_tried(ask) for ask in asked.values()))
    failing = {
        state.transport: f"carries nothing: {failure(state.error)}"
        for state in transports
        if state.role == "broker" and state.error is not None
    }
    return dict(zip(asked, found, strict=True)) | failing


def _ready(plugin: object) -> Ask | None:
    method = getattr(plugin, "ready", None)
    return method if inspect.iscoroutinefunction(method) else None


async def _tried(ask: Ask | None) -> str:
    if ask is None:
        return READY
    try:
        async with asyncio.timeout(WITHIN):
            await ask()
    except TimeoutError:
        return f"gives no answer within {WITHIN:g} s"
    except Exception as error:
        return failure(error)
    return READY
