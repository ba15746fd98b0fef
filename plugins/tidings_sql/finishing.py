"""Waiting for what a thread does to its end, so that nothing is left open."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def finished(running: asyncio.Future[T]) -> T:
    """Return what it returns; whoever is cancelled meanwhile waits for its end all the same."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
