"""The transports that the demo runs on, and how each is set up without settings.

A new transport joins by one more line in `WORLDS`: the plugins it needs, by their entry points,
and a context manager that opens them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

from tidings.discovery import installed, load
from tidings.errors import Unsupported
from tidings.service import Tidings


class Sides(NamedTuple):
    """The two ends of a transport: where the application pushes, and where devices are."""

    application: Tidings
    devices: Tidings


class World(NamedTuple):
    """A transport, and how to open a fresh, empty setting for it.

    plugins: the entry points without which it is left out.
    """

    transport: str
    plugins: Sequence[str]
    open: Callable[[], AbstractAsyncContextManager[Sides]]


_NO_END = 10**9  # each inbox must hold all its history


@asynccontextmanager
async def _memory() -> AsyncIterator[Sides]:
    """Two nodes of one application, in one process."""
    broker, store = load("memory")(), load("memory-store")(inbox_count=_NO_END)
    async with Tidings(broker, store) as application, Tidings(broker, store) as devices:
        yield Sides(application, devices)


WORLDS: Sequence[World] = (World("memory", ("memory", "memory-store"), _memory),)


def worlds() -> Sequence[World]:
    """Return the transports that are installed.

    Raises:
        Unsupported: there is none.
    """
    offered = installed()
    found = [world for world in WORLDS if all(name in offered for name in world.plugins)]
    if not found:
        raise Unsupported("no transport is installed that needs no settings: reinstall tidings")
    return found
