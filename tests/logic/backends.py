"""What the notification logic is tried on. A plugin adds itself to `BACKENDS` and must pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tidings_nats import NatsBroker
from tidings_nats.testing import nats_server

from http_plugin.client.backend import backend, inbox_at
from logic.hesitant import HesitantStore
from pusher_plugin.own_server import own_server, transport_to
from served import Served
from sql.databases import postgresql, sqlite
from tidings import Options, Tidings
from tidings.protocols import Log
from tidings.testing import FaultyTransport
from tidings_memory import MemoryBroker, MemoryStore
from tidings_sql import SqlStore
from tidings_websocket import WebSocketClient


class World:
    """One far side, the nodes on it, and their clock.

    Args:
        plugins: makes the plugin objects of one more node: a store and transports.
        calm: makes the transports carry faithfully; for what has no log to mend it.
        inbox_age: how long the store keeps a notification in the inbox.
        steered: whether a broker takes control to every node; carriers do not.
    """

    def __init__(
        self,
        plugins: Callable[[], Sequence[object]],
        *,
        calm: Callable[[], None] = lambda: None,
        inbox_age: timedelta = timedelta(days=365),
        steered: bool = True,
    ) -> None:
        self.calm = calm
        self.steered = steered
        self.inbox_age = inbox_age
        self.now = datetime(2030, 1, 1, tzinfo=UTC)
        self._plugins = plugins
        self._nodes: list[Tidings] = []

    def node(self, **options: Any) -> Tidings:
        """Return one more node, not yet open, which mends quickly."""
        quick = Options(**{"head_beat": 0.05, "straggler": 0.001, **options})
        node = Tidings(*self._plugins(), options=quick, clock=lambda: self.now)
        self._nodes.append(node)
        return node

    def include(self, far: Tidings) -> None:
        """Let an application on the far side, which has this world's clock, notice too."""
        self._nodes.append(far)

    def pass_time(self, span: timedelta) -> None:
        """Let this much time pass, and the open nodes notice."""
        self.now += span
        for node in self._nodes:
            if node._running is not None and node._running.scheduler is not None:
                node._running.scheduler.wake()


def log_of(node: Tidings) -> Log:
    """Return the log that a node's store is."""
    store = node.hooks.store
    assert isinstance(store, Log)
    return store


Fixture = Callable[[str], Any]
"""Gives the value of a fixture, which is made when first asked for."""


@asynccontextmanager
async def memory(_fixture: Fixture) -> AsyncIterator[World]:
    broker, store = MemoryBroker(), MemoryStore()
    yield World(lambda: [broker, store])


@asynccontextmanager
async def memory_over_a_faulty_transport(_fixture: Fixture) -> AsyncIterator[World]:
    transport, store = FaultyTransport(MemoryBroker(), seed=3), MemoryStore()
    yield World(lambda: [transport, store], calm=transport.calm)


@asynccontextmanager
async def hesitant_memory_over_a_faulty_transport(_fixture: Fixture) -> AsyncIterator[World]:
    transport, store = FaultyTransport(MemoryBroker(), seed=4), HesitantStore(seed=4)
    yield World(lambda: [transport, store], calm=transport.calm)


@asynccontextmanager
async def one_sqlite_file(_fixture: Fixture) -> AsyncIterator[World]:
    with sqlite() as url:
        yield World(lambda: [SqlStore(url)])


@asynccontextmanager
async def sqlite_over_a_faulty_transport(_fixture: Fixture) -> AsyncIterator[World]:
    transport = FaultyTransport(MemoryBroker(), seed=5)
    with sqlite() as url:
        yield World(lambda: [transport, SqlStore(url)], calm=transport.calm)


@asynccontextmanager
async def one_postgresql_server(fixture: Fixture) -> AsyncIterator[World]:
    with postgresql(fixture("postgresql_url"))() as url:
        yield World(lambda: [SqlStore(url)])


@asynccontextmanager
async def a_websocket_to_a_server(_fixture: Fixture) -> AsyncIterator[World]:
    world = World(lambda: [WebSocketClient(server.url, token)])
    async with Served(clock=lambda: world.now) as server:
        token = server.admin()
        world.include(server.tidings)
        yield world


@asynccontextmanager
async def memory_heard_over_pusher(_fixture: Fixture) -> AsyncIterator[World]:
    store = MemoryStore()
    async with own_server() as server:
        yield World(lambda: [transport_to(server, listen=True), store], steered=False)


@asynccontextmanager
async def memory_over_nats(_fixture: Fixture) -> AsyncIterator[World]:
    store = MemoryStore()
    with nats_server() as server:
        yield World(lambda: [NatsBroker(url=server.url), store])


@asynccontextmanager
async def a_backend_over_http(_fixture: Fixture) -> AsyncIterator[World]:
    broker = MemoryBroker()  # for what has no log; all else the heads tell of
    world = World(lambda: [broker, inbox_at(server)])
    async with backend(clock=lambda: world.now) as server:
        world.include(server.tidings)
        yield world


@asynccontextmanager
async def a_backend_over_http_heard_over_pusher(_fixture: Fixture) -> AsyncIterator[World]:
    async with own_server() as pusher:
        world = World(lambda: [transport_to(pusher), inbox_at(server)], steered=False)
        plugins = [MemoryStore(), transport_to(pusher)]
        async with backend(*plugins, clock=lambda: world.now) as server:
            world.include(server.tidings)
            yield world


BACKENDS: Mapping[str, Callable[[Fixture], AbstractAsyncContextManager[World]]] = {
    "memory": memory,
    "memory over a faulty transport": memory_over_a_faulty_transport,
    "hesitant memory over a faulty transport": hesitant_memory_over_a_faulty_transport,
    "SQLite": one_sqlite_file,
    "SQLite over a faulty transport": sqlite_over_a_faulty_transport,
    "PostgreSQL": one_postgresql_server,
    "WebSocket": a_websocket_to_a_server,
    "memory over NATS": memory_over_nats,
    "memory heard over Pusher": memory_heard_over_pusher,
    "HTTP": a_backend_over_http,
    "HTTP, heard over Pusher": a_backend_over_http_heard_over_pusher,
}
"""Each opens a fresh far side and yields the world on it."""

QUICK = ("memory", "memory over a faulty transport", "SQLite", "WebSocket")
"""Those whose tests are always run."""
