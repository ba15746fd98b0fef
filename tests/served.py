"""A real server on a port of its own, in a thread: what clients in a test connect to."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import uvicorn

from prompt_server import PromptServer
from tidings import Options, Tidings, Tokens
from tidings.policy import AdminTokens
from tidings_memory import MemoryBroker, MemoryStore
from tidings_websocket import WebSocketFront

KEY = "a secret of at least thirty-two bytes"


class Served:
    """A `Tidings` application and its front, from entering this to leaving it.

    Attributes:
        tidings: the application; it lives in another thread.
        tokens: makes what clients bring.
        url: where they connect.
    """

    def __init__(
        self,
        *plugins: object,
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        logged: Sequence[str] = ("private-user-*",),
        **front: Any,
    ) -> None:
        self.tokens = Tokens(KEY, clock=clock)
        self._front = WebSocketFront(**{"presence_grace": 5.0, **front})
        self.tidings = Tidings(
            *(plugins or (MemoryBroker(), MemoryStore())),
            self._front,
            AdminTokens(),
            options=Options(head_beat=0.05, straggler=0.001, logged=tuple(logged)),
            tokens=self.tokens,
            clock=clock,
        )
        self._socket = socket.create_server(("127.0.0.1", port))  # who connects now is let in soon
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as uvloop does
        self.port = self._socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}/ws"
        config = uvicorn.Config(
            self._front.app,
            ws=self._front.protocol,  # type: ignore[arg-type]
            lifespan="off",
            log_config=None,
        )
        self._uvicorn = PromptServer(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def admin(self, user: str = "ops") -> str:
        """Return a token with every right."""
        return self.tokens.issue(user, ttl=timedelta(days=3650), tidings="admin")

    @property
    def subscriptions(self) -> int:
        """How many there are now, of all connections."""
        return self._front.counters.subscriptions

    async def stop(self) -> None:
        """Stop as servers do: clients are sent away, and what was accepted is finished."""
        self._uvicorn.should_exit = True
        await asyncio.to_thread(self._thread.join)

    def cut(self) -> None:
        """End every connection without a word, as networks do; the server goes on."""
        self.call(self._abort)

    def call(self, function: Callable[[], object]) -> None:
        """Call a function in the server's thread, soon."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(function)

    def _abort(self) -> None:
        for connection in list(self._uvicorn.server_state.connections):
            connection._transport.abort()  # type: ignore[union-attr]

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        with self._socket:
            async with self.tidings:
                await self._uvicorn.serve(sockets=[self._socket])
