"""Waiting for something to its end, so that nothing is left open."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def finished(running: asyncio.Future[T]) -> asyncio.Future[T]:
    """Return it once it has ended; whoever is cancelled meanwhile waits for that all the same."""
    try:
        await asyncio.wait([running])
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
    return running
