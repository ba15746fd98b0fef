"""Opening the store as an application does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from memory.samples import Clock, Courier
from tidings import Tidings
from tidings_sql import SqlStore


@asynccontextmanager
async def opened(
    url: str, clock: Clock | None = None, *carriers: str, **keywords: Any
) -> AsyncIterator[SqlStore]:
    """Open the store as an application with this clock and these carriers does."""
    store = SqlStore(url, **keywords)
    tidings = Tidings(store, *map(Courier, carriers), clock=clock or Clock())
    async with store.connect(tidings):
        yield store
