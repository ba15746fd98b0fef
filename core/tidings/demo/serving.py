"""The demo's history on a server, for a browser to look at."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from socket import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from tidings.demo.expected import Advance, History
from tidings.demo.pushing import Pushing
from tidings.demo.worlds import Sides
from tidings.discovery import load
from tidings.errors import PluginError
from tidings.policy import ADMIN, ADMIN_CLAIM, AdminTokens
from tidings.service import Tidings
from tidings.tokens import Tokens

if TYPE_CHECKING:
    from uvicorn import Server

GUESTS = 20
"""So many users are offered, those with the fullest inboxes."""

VALID = timedelta(days=1)
"""How long the token for the console is valid."""

_NO_END = 10**9
_END_WITHIN = 3


class Shown(NamedTuple):
    """What is on a server.

    pushed: how many notifications. users: how many have some. operator: a token for the console.
    """

    pushed: int
    users: int
    operator: str


class DemoServer:
    """An application in memory, on a server, with a page on which anybody is any of its users.

    Args:
        history: what is pushed before it begins.
        listening: where it is served.

    Raises:
        PluginError: something that it needs is not installed.
    """

    def __init__(self, history: History, listening: socket) -> None:
        self._history = history
        self._listening = listening
        self._tokens = Tokens(secrets.token_urlsafe(32))
        front, pages = load("websocket")(leave_within=0.1), load("http")()
        pages.welcome(history.users[:GUESTS], None)
        self._tidings = Tidings(
            load("memory")(),
            load("memory-store")(inbox_count=_NO_END),
            front,
            pages,
            AdminTokens(),
            tokens=self._tokens,
        )
        self._server = _server(front)

    async def run(self, advance: Advance, began: Callable[[Shown], None]) -> None:
        """Push the history, then serve until a signal comes.

        Args:
            advance: hears how many were pushed.
            began: called once it is served.
        """
        async with self._tidings:
            shown = await self._filled(advance)
            async with _stopped_by_signals(self._server):
                serving = asyncio.create_task(self._server.serve([self._listening]))
                began(shown)
                await serving

    async def _filled(self, advance: Advance) -> Shown:
        count = len(self._history.digests)
        async with self._history.news() as news:
            sides = Sides(self._tidings, self._tidings)
            pushing = Pushing(sides, news, self._history.opened, advance)
            await pushing.push_until(count)
            await pushing.open_the_rest()
        operator = self._tokens.issue("ops", ttl=VALID, **{ADMIN_CLAIM: ADMIN})
        return Shown(count, len(self._history.inboxes), operator)


def _server(front: Any) -> Server:
    try:
        import uvicorn
    except ImportError as error:
        raise PluginError("websocket", f"{error}: pip install 'tidings[serve]'") from error
    config = uvicorn.Config(
        front.app,
        ws=front.protocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_END_WITHIN,
    )
    return uvicorn.Server(config)


@asynccontextmanager
async def _stopped_by_signals(server: Server) -> AsyncIterator[None]:
    """Let the signals that end a command end the server, which then ends by itself."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, server.handle_exit, number, None)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
