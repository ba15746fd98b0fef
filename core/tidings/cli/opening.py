"""A command's `Tidings` object, as the settings make it, open for as long as the command works."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tidings import Tidings
from tidings.cli.invocation import Invocation
from tidings.registry import abilities_of

_MEMORY_ONLY = (
    "this is in memory only, and gone when the command ends. To keep it, give a durable store a "
    "table in tidings.toml, [plugins.NAME]; `tidings plugins` shows those installed."
)
_NO_STORE = (
    "no store is configured: this reaches who listens now, and nobody's inbox. To keep it, give a "
    "store a table in tidings.toml, [plugins.NAME]; `tidings plugins` shows those installed."
)


@asynccontextmanager
async def opened(called: Invocation) -> AsyncIterator[Tidings]:
    """Open what the settings say; warn where nothing will last, and of what goes wrong in it."""
    tidings = Tidings.from_settings(called.config)
    store = tidings.hooks.store
    if store is None:
        called.warn("NoStore", _NO_STORE)
    elif not abilities_of(store).durable:
        called.warn("MemoryOnly", _MEMORY_ONLY)
    with told_to(called):
        async with tidings:
            yield tidings


@contextmanager
def told_to(called: Invocation, of: str = "tidings") -> Iterator[None]:
    """Let warnings of this logger come out as the command's others do, and no other warnings."""

    class Warnings(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            called.warn("Log", record.getMessage())

    handler = Warnings(logging.WARNING)
    handler.addFilter(logging.Filter(of))
    logger = logging.getLogger("tidings")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
