"""What uvicorn runs in each process: the application, open for as long as the server is."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from tidings.cli.failure import words
from tidings.settings import Settings
from tidings_websocket.brought import Receive, Scope, Send
from tidings_websocket.cli.assembling import Assembled, assembled
from tidings_websocket.cli.doorway import Doorway
from tidings_websocket.cli.metrics_page import MetricsPage, metrics_page
from tidings_websocket.cli.pages import Pages
from tidings_websocket.cli.stopping import bounded_stop, stop_with_parent
from tidings_websocket.cli.welcoming import welcome
from tidings_websocket.fast import FastConnection
from tidings_websocket.front import WebSocketFront

_FRONT = "tidings.front"

logger = logging.getLogger("tidings.serve")


@dataclass(frozen=True)
class Plan:
    """What a process needs to know to serve; it goes to workers by a pipe, and nowhere else.

    config: the settings file. made_key: signs tokens where no key is configured. stop_within: how
    long stopping may take, in seconds. metrics: where Prometheus asks.
    """

    config: str | None
    made_key: SecretStr | None = field(repr=False)
    stop_within: float
    metrics: MetricsPage | None

    def assembled(self) -> Assembled:
        """Make the application, with a page for newcomers; raises as `assembled` does."""
        what = assembled(Settings.load(self.config), self.made_key)
        welcome(what.tidings, self.config, has_guests=self.made_key is not None)
        return what

    def __call__(self) -> Served:
        """Return what uvicorn runs, in a worker."""
        stop_with_parent()
        return Served(self, self.assembled(), is_worker=True)


class Served:
    """The ASGI application of the server: its beginning and end, and what is no WebSocket.

    Args:
        plan: for the process.
        what: is served.
        began: called once it is.
        is_worker: of several, under a supervisor.

    Attributes:
        failed: it could not begin, or end, as it should; the log says why.
    """

    def __init__(
        self,
        plan: Plan,
        what: Assembled,
        began: Callable[[], None] = lambda: None,
        *,
        is_worker: bool = False,
    ) -> None:
        self._hurries = not is_worker
        self._plan = plan
        self._began = began
        self._what = what
        self._http = Pages(what.front)
        self.failed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or the server's life from its beginning to its end."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        step = "startup"
        try:
            async with self._opened():
                scope["state"][_FRONT] = self._what.front
                scope["state"][Doorway.STATE] = Doorway(self._what.front)
                await send({"type": "lifespan.startup.complete"})
                self._began()
                await receive()
                step = "shutdown"
        except Exception as error:
            self.failed = True
            logger.error(words(error))
            await send({"type": f"lifespan.{step}.failed"})
        else:
            await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(bounded_stop(self._plan.stop_within, hurries=self._hurries))
            if self._plan.metrics is not None:
                await stack.enter_async_context(
                    metrics_page(self._what.tidings, self._plan.metrics)
                )
            await stack.enter_async_context(self._what.tidings)
            yield


def connection(*, app_state: dict[str, Any], **rest: Any) -> FastConnection:
    """Make the protocol of a connection; uvicorn does, by `ws="...:connection"`."""
    front: WebSocketFront = app_state[_FRONT]
    return front.protocol(**rest)
