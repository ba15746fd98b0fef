"""The front: a FastAPI application, answering for as long as the `Tidings` object is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from tidings import Closed, Tidings, hookimpl
from tidings.origins import Origins
from tidings_http.application import Application, application, first, paths
from tidings_http.caller import Identify
from tidings_http.console.console import Console
from tidings_http.control import Control
from tidings_http.counters import Counters
from tidings_http.limits import Limits
from tidings_http.lines import Lines
from tidings_http.start_page.start_page import StartPage, is_of_start_page
from tidings_http.streams import Streams
from tidings_http.sweep import sweep

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

logger = logging.getLogger("tidings.http")

_LEAVE_WITHIN = 5.0


class HttpFront:
    """Answers HTTP: inboxes, their changes, live events, pushes from other languages.

    Give it to `Tidings`. `front.app` is a FastAPI application: mount it in any ASGI application,
    wherever you like. Beside a `WebSocketFront`, and in `tidings serve`, it is on that one's port.

    Args:
        identify: says who makes a request, as the application knows it; a function or an async
            one. Whom it does not know is asked for a bearer token that `tidings.tokens` made.
        origins: of pages elsewhere that may ask, as `["https://app.example.com"]`.
        body: the most bytes of a request's body.
        answer: the most bytes of entries or events in an answer, unless it is a single one; a page
            that has no room for more has a cursor.
        streams: how many event streams at a time.
        per_user: how many event streams of one user at a time.
        channels: how many channels one stream may hear.
        outgoing: how many bytes may wait to leave to one stream. One that takes less than it is
            sent is cut off, and catches up when it returns.
        ping: a stream that was sent nothing for so many seconds is sent a comment.
        console_data: the console shows recent events with their data, which may be secrets.

    Raises:
        SettingsError: a limit would let nobody do anything, or an origin is none.

    Example:
        front = HttpFront()
        app = FastAPI(lifespan=...)
        app.mount("/tidings", front.app)
    """

    name = "http"

    def __init__(
        self,
        identify: Identify | None = None,
        *,
        origins: Sequence[str] = (),
        body: int = 1024 * 1024,
        answer: int = 1024 * 1024,
        streams: int = 10_000,
        per_user: int = 50,
        channels: int = 100,
        outgoing: int = 1024 * 1024,
        ping: float = 15.0,
        console_data: bool = False,
    ) -> None:
        self.identify = identify
        self.origins = Origins(origins)
        self.limits = Limits(body, answer, streams, per_user, channels, outgoing, ping).checked()
        self.counters = Counters()
        self.streams = Streams(self.limits, self.counters)
        self.lines = Lines(self._listen, self.counters)
        self.control = Control(self._listen, self.streams)
        self.console = Console(shows_data=console_data)
        self.start_page: StartPage | None = None
        self.app: Application = application(self)
        self._paths = paths()
        self._tidings: Tidings | None = None

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Answer until exit; then end the streams."""
        self.control = Control(self._listen, self.streams)
        self._tidings = tidings
        overseers = [asyncio.create_task(self.control.run()), asyncio.create_task(sweep(self))]
        try:
            with self.console.watching(tidings):
                yield
        finally:
            self._tidings = None
            for task in overseers:
                task.cancel()
            await asyncio.wait(overseers)
            await self._leave()

    @property
    def tidings(self) -> Tidings:
        """The application.

        Raises:
            Closed: it is not open.
        """
        if self._tidings is None:
            raise Closed("the front is not open: use its Tidings object within `async with`")
        return self._tidings

    @property
    def collector(self) -> Collector:
        """What is counted, for Prometheus; it needs the extra `metrics`."""
        from tidings_http.metrics import HttpCollector

        return HttpCollector(self)

    def serves(self, path: str) -> bool:
        """Tell whether a path is one of the application's."""
        if self.start_page is None and is_of_start_page(path):
            return False
        return first(path) in self._paths

    def welcome(self, guests: Sequence[str], pushing: str | None) -> None:
        """Show a start page at `/`; without this there is none.

        Args:
            guests: users whom anybody on this machine may be, without a token.
            pushing: a command by which another process can push to `{user}`.
        """
        self.start_page = StartPage(guests, pushing)

    async def http(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, by ASGI."""
        await self.app(scope, receive, send)

    def _listen(self, channel: str) -> Any:
        return self.tidings.listen(channel)

    async def _leave(self) -> None:
        for stream in self.streams:
            stream.end("restart")
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_WITHIN):
                await self.streams.all_ended()
