"""The transports that the demo runs on, and how each is set up without settings.

A new transport joins by one more line in `WORLDS`: the plugins it needs, by their entry points,
and a context manager that opens them. What is not installed is left out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tidings.demo.pusher_world import carrier, serving
from tidings.discovery import load
from tidings.errors import PluginError, Unsupported
from tidings.service import Tidings


@dataclass(slots=True)
class Sides:
    """The two ends of a transport: where the application pushes, and where devices are.

    reopen: closes the application's side, and opens another on what that one had stored; None
    where this would be gone.
    """

    application: Tidings
    devices: Tidings
    reopen: Callable[[], Awaitable[Tidings]] | None = None


class World(NamedTuple):
    """A transport, and how to open a fresh, empty setting for it.

    plugins: the entry points without which it is left out, as it is without what they need.
    modules: what else it needs.
    """

    transport: str
    plugins: Sequence[str]
    open: Callable[[], AbstractAsyncContextManager[Sides]]
    modules: Sequence[str] = ()


_NO_END = 10**9  # each inbox must hold all its history


@asynccontextmanager
async def _memory() -> AsyncIterator[Sides]:
    """Two nodes of one application, in one process."""
    broker, store = load("memory")(), load("memory-store")(inbox_count=_NO_END)
    async with Tidings(broker, store) as application, Tidings(broker, store) as devices:
        yield Sides(application, devices)


@asynccontextmanager
async def _sql() -> AsyncIterator[Sides]:
    """Two nodes on one SQLite file, which is as durable as it is by default."""
    with TemporaryDirectory(prefix="tidings-demo-") as folder:
        url = f"sqlite:///{Path(folder) / 'tidings.db'}"

        def node() -> Tidings:
            return Tidings(load("sql")(url, inbox_count=_NO_END))

        async with node() as devices, AsyncExitStack() as application:

            async def reopen() -> Tidings:
                await application.aclose()
                return await application.enter_async_context(node())

            yield Sides(await reopen(), devices, reopen)


@asynccontextmanager
async def _pusher() -> AsyncIterator[Sides]:
    """Two nodes on one store, of which one hears through Pusher what the other pushes."""
    store = load("memory-store")(inbox_count=_NO_END)
    async with (
        serving() as port,
        Tidings(carrier(port), store) as application,
        Tidings(carrier(port), store) as devices,
    ):
        yield Sides(application, devices)


WORLDS: Sequence[World] = (
    World("memory", ("memory", "memory-store"), _memory),
    World("sql", ("sql",), _sql),
    World(
        "pusher",
        ("memory", "memory-store", "pusher", "pusher-transport", "websocket"),
        _pusher,
        ("uvicorn",),
    ),
)


def worlds() -> Sequence[World]:
    """Return the transports that are installed.

    Raises:
        Unsupported: there is none.
    """
    found = [world for world in WORLDS if _can_open(world)]
    if not found:
        raise Unsupported("no transport is installed that needs no settings: reinstall tidings")
    return found


def _can_open(world: World) -> bool:
    modules = all(find_spec(module) is not None for module in world.modules)
    return modules and all(map(_is_installed, world.plugins))


def _is_installed(plugin: str) -> bool:
    try:
        load(plugin)
    except PluginError:
        return False
    return True
