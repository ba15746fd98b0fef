"""Cancelling a call in the middle, as the core does with what takes too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

Begin = Callable[[], Coroutine[Any, Any, object]]
"""Makes one more call, of which each may have arguments of its own."""

_TURNS = (1, 2, 3, 5)
"""After how many turns of the event loop a call is cancelled: of those that hardly wait."""

_PARTS = (0.2, 0.5, 0.8)
"""After which part of the time that a whole call takes: of those that wait for a far side."""


async def cut_short(begin: Begin) -> AsyncIterator[None]:
    """Let one call come to its end, then cancel one after another, each at another moment.

    Yields after each, once it has ended. What a call raises of its own accord, this raises.
    """
    begun = time.monotonic()
    await begin()
    took = time.monotonic() - begun
    yield
    for turns in _TURNS:
        call = asyncio.create_task(begin())
        for _ in range(turns):
            await asyncio.sleep(0)
        await cancelled(call)
        yield
    for part in _PARTS:
        call = asyncio.create_task(begin())
        await asyncio.wait([call], timeout=part * took)
        await cancelled(call)
        yield


async def cancelled(call: asyncio.Task[Any]) -> None:
    """Cancel a call, and wait for its end; it may have come to one by itself before."""
    call.cancel()
    await asyncio.wait([call])
    if not call.cancelled():
        call.result()
