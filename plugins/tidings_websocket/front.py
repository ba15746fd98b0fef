"""The front: lets remote clients in over WebSockets, for as long as the application is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from random import shuffle
from typing import TYPE_CHECKING

from tidings import Closed, Tidings, hookimpl
from tidings_websocket.brought import Serves, languages, servers
from tidings_websocket.control import hear_control
from tidings_websocket.counters import Counters
from tidings_websocket.dialect import Dialect, Ending
from tidings_websocket.handshake import networks
from tidings_websocket.limits import Limits
from tidings_websocket.lines import Lines
from tidings_websocket.owned import Owned
from tidings_websocket.plain import PlainDialect
from tidings_websocket.seats import Seats
from tidings_websocket.sessions import Sessions
from tidings_websocket.sweep import sweep

if TYPE_CHECKING:
    from tidings_websocket.asgi import PortableFront
    from tidings_websocket.fast import FastConnection
    from tidings_websocket.metrics import FrontCollector

logger = logging.getLogger("tidings.websocket")

_TOGETHER = 50  # so many clients are sent away at once


class WebSocketFront:
    """Lets WebSocket clients in: give it to `Tidings`, and one of its two ways in to a server.

    `front.protocol` is for uvicorn's `ws=`: the fast way, one system call a delivery. `front.app`
    is an ASGI application for any server and framework: the portable one.

    Args:
        dialects: what clients speak; by default `PlainDialect()`, at `/ws`. What other plugins
            of the application bring is spoken and answered too.
        connections: how many clients at a time.
        per_address: how many clients of one address at a time.
        per_user: how many clients of one user at a time.
        handshake: how many seconds a client may take to open the connection and say who it is.
        message: the most bytes of a message from a client.
        rate: how many messages and pings a client may send in a second; twice as many at once after
            some rest. (This and `subscriptions` do not hold for operators.)
        subscriptions: how many channels a connection may hear.
        outgoing: how many bytes may wait to leave to one client. One that takes less than it is
            sent is closed, and catches up when it returns; the others do not wait for it. An
            answer is no longer than this, unless it is a single entry.
        silence: after so many seconds without a sign of life a client is pinged; after twice as
            many it is gone.
        origins: which web pages may connect, as `["https://example.com"]`; without it all, for each
            has to bring a proof that browsers do not send by themselves. Programs that are no
            browsers name no page, and may connect.
        proxies: addresses and networks whose `X-Forwarded-For` is believed, as `["10.0.0.0/8"]`;
            where there are any, that of whoever connects by a Unix socket is believed too.
        presence_grace: for how many seconds a user without a connection still counts as present;
            0: not at all.
        leave_within: over how many seconds clients are sent away when the server stops; 0: at once.
        compress_from: texts of at least so many bytes are compressed, for clients that can; 0: all.

    Raises:
        SettingsError: a limit would let nobody do anything, or a proxy is no address.

    Example:
        front = WebSocketFront()
        app = Starlette(lifespan=..., routes=[Mount("/", front.app)])
        uvicorn.run(app, ws=front.protocol)
    """

    name = "websocket"

    def __init__(
        self,
        dialects: Sequence[Dialect] | None = None,
        *,
        connections: int = 20_000,
        per_address: int = 1_000,
        per_user: int = 50,
        handshake: float = 10.0,
        message: int = 256 * 1024,
        rate: float = 60.0,  # twice that: all `subscriptions` at once, and signing in
        subscriptions: int = 100,
        outgoing: int = 1024 * 1024,
        silence: float = 30.0,
        origins: Sequence[str] | None = None,
        proxies: Sequence[str] = (),
        presence_grace: float = 5.0,
        leave_within: float = 5.0,
        compress_from: int = 1024,
    ) -> None:
        self._own = (PlainDialect(),) if dialects is None else tuple(dialects)
        self.dialects: tuple[Dialect, ...] = self._own
        self._servers: tuple[Serves, ...] = ()
        self.limits = Limits(
            connections,
            per_address,
            per_user,
            handshake,
            message,
            rate,
            subscriptions,
            outgoing,
            silence,
        ).checked()
        self.origins = None if origins is None else frozenset(origins)
        self.proxies = networks(proxies)
        self.compress_from = compress_from
        self.counters = Counters()
        self.lines = Lines(self.counters, outgoing=outgoing, compress_from=compress_from)
        self.sessions = Sessions(self.limits, self.counters)
        self.tasks = Owned()
        self.start = self.tasks.start
        self.seats = Seats(lambda: self.tidings.presence, self.start, presence_grace)
        self.leave_within = leave_within
        self._tidings: Tidings | None = None
        self.wanted = asyncio.Event()
        self.listening = asyncio.Event()
        self._leaving: asyncio.Task[None] | None = None

    @property
    def protocol(self) -> Callable[..., FastConnection]:
        """What uvicorn takes as `ws=`: `uvicorn.run(app, ws=front.protocol)`."""
        from tidings_websocket.fast import FastConnection

        return partial(FastConnection, self)

    @property
    def app(self) -> PortableFront:
        """An ASGI application; where it is mounted at a path of its own, the first dialect's."""
        from tidings_websocket.asgi import PortableFront

        return PortableFront(self)

    @property
    def collector(self) -> FrontCollector:
        """What is counted, for Prometheus; it needs the extra `metrics`."""
        from tidings_websocket.metrics import FrontCollector

        return FrontCollector(self)

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Let clients in until exit; then send those who are here away."""
        plugins = tidings.hooks.plugins.values()
        self.dialects = (*self._own, *languages(plugins))
        self._servers = servers(plugins)
        self._tidings = tidings
        self.wanted.clear()
        self.listening.clear()
        self._leaving = None
        overseers = [asyncio.create_task(hear_control(self)), asyncio.create_task(sweep(self))]
        logger.info("clients may come", extra={"connections": self.limits.connections})
        try:
            yield
        finally:
            try:
                await self.leave()
            finally:
                for task in overseers:
                    task.cancel()
                await asyncio.wait(overseers)
                await self.tasks.end()
                self._tidings = None
                logger.info("clients may come no more")

    @property
    def accepting(self) -> bool:
        """Whether it lets clients in: the application is open, and the server is not stopping."""
        return self._tidings is not None and self._leaving is None

    @property
    def tidings(self) -> Tidings:
        """The application.

        Raises:
            Closed: it is not open.
        """
        if self._tidings is None:
            raise Closed("the front is not open: use its Tidings object within `async with`")
        return self._tidings

    def dialect(self, path: str) -> Dialect | None:
        """Return what is spoken at a path."""
        return next((dialect for dialect in self.dialects if dialect.speaks(path)), None)

    def server(self, path: str) -> Serves | None:
        """Return the plugin that answers HTTP at a path."""
        return next((server for server in self._servers if server.serves(path)), None)

    async def ready(self) -> None:
        """Wait until whoever is to be cut off would be heard of."""
        self.wanted.set()
        await self.listening.wait()

    def begin_leaving(self) -> None:
        """Let nobody in any more, and send those who are here away, spread over some seconds."""
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._send_away())

    async def leave(self) -> None:
        """Send all clients away, and wait until each was told so."""
        self.begin_leaving()
        try:
            if self._leaving is not None:
                await self._leaving
        finally:
            for session in self.sessions:
                session.end(Ending.RESTART)

    async def _send_away(self) -> None:
        sessions = list(self.sessions)
        shuffle(sessions)
        if sessions:
            about = {"connections": len(sessions), "seconds": self.leave_within}
            logger.info("clients are sent away", extra=about)
        for start in range(0, len(sessions), _TOGETHER):
            for session in sessions[start : start + _TOGETHER]:
                session.end(Ending.RESTART)
            if start + _TOGETHER < len(sessions):
                await asyncio.sleep(self.leave_within * _TOGETHER / len(sessions))
