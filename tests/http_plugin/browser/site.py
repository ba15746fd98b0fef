"""A page with bells, and the application behind it: on a port that it keeps when it restarts."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from html import escape
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tidings import Identity, Notification, Options, Stored, Tidings, Tokens
from tidings.policy import AdminTokens
from tidings_http import HttpFront
from tidings_http.bell import STATIC
from tidings_memory import MemoryStore
from tidings_pusher import App as PusherApp
from tidings_pusher import PusherAccess, PusherEndpoints, PusherServer
from tidings_websocket import WebSocketFront

APP = PusherApp.model_validate({"id": "1", "key": "bell-key", "secret": "bell-secret"})
USER = "ann"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
"""As strict as a page's policy can be: no inline script or style, no markup from texts."""

Attributes = Mapping[str, str]

_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}" data-module="{module}">
<title>A page</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="/files/face.svg">
<link rel="stylesheet" href="/files/page.css">
{scripts}
<script src="/files/page.js" type="module"></script>
<main><h1>A page</h1><p><a href="#elsewhere" id="elsewhere">Elsewhere</a></p></main>
<header>{bells}</header>
"""
_PUSHER = """<script src="/modules/pusher-js/dist/web/pusher.js"></script>
<script src="/modules/laravel-echo/dist/echo.iife.js"></script>"""
_OWN = {"page", "token", "files", "modules", "unjoined", "pusher"}
_FILES = Path(__file__).with_name("files")


class Site:
    """The application and its pages.

    Attributes:
        port: on 127.0.0.1.
        store: outlives a restart.
        tidings: the application as it runs now.
        refused: paths that are answered with such a status, and nothing else.
        tokens_given: how often a token was asked for at `/token`.
    """

    def __init__(self, modules: Path) -> None:
        self.modules = modules
        self.store = MemoryStore()
        self.tokens = Tokens("a secret of at least thirty-two bytes")
        self.port = 0
        self.tidings: Tidings
        self.http: HttpFront
        self.refused: dict[str, int] = {}
        self.tokens_given = 0
        self._held: dict[str, asyncio.Event] = {}
        self._running = AsyncExitStack()
        self._server: uvicorn.Server

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Run it: where it was, if it ran before."""
        front = WebSocketFront(presence_grace=0.0, leave_within=0.0)
        pusher, self.http = PusherServer(apps=[APP]), HttpFront(identify=_by_cookie)
        self.tidings = Tidings(
            self.store,
            front,
            pusher,
            self.http,
            AdminTokens(),
            options=Options(head_beat=0.05, straggler=0.001),
            tokens=self.tokens,
        )
        await self._running.enter_async_context(self.tidings)
        await self._running.enter_async_context(self._serve(front))

    async def stop(self) -> None:
        """End it, as servers end: streams and connections are told."""
        await self._running.aclose()

    def drop(self) -> None:
        """Cut all connections as a network does."""
        for connection in list(self._server.server_state.connections):
            transport = getattr(connection, "transport", None) or connection._transport  # type: ignore[union-attr]
            transport.abort()

    async def push(self, heading: str, user: str = USER, **fields: Any) -> Stored:
        """Push a notification."""
        receipt = await self.tidings.push(user, Notification(heading=heading, **fields))
        return cast("Stored", receipt.results[user])

    @asynccontextmanager
    async def holding(self, path: str) -> AsyncIterator[None]:
        """Leave requests for a path unanswered until exit."""
        self._held[path] = asyncio.Event()
        try:
            yield
        finally:
            self._held.pop(path).set()

    def page(self, *bells: Attributes, **html: str) -> str:
        """Return the address of a page with bells of these attributes.

        html: the page's `lang` and `dir`, and the `module` that it imports.
        """
        return f"{self.url}/page?{urlencode({'bells': json.dumps(bells), **html})}"

    def _app(self, front: WebSocketFront) -> Any:
        access = PusherAccess.of(APP)
        routes = [
            Route("/page", _page),
            Route("/token", self._token, methods=["POST"]),
            Mount("/files", StaticFiles(directory=_FILES)),
            Mount("/modules", StaticFiles(directory=self.modules, follow_symlink=True)),
            Mount("/unjoined", StaticFiles(directory=STATIC)),
            Mount("/pusher", PusherEndpoints(access, self.tidings)),
        ]
        own = Starlette(routes=routes)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            path = scope["path"]
            if path in self._held:
                await self._held[path].wait()
            if scope["type"] == "http" and path in self.refused:
                await PlainTextResponse("not now", self.refused[path])(scope, receive, send)
            elif path.split("/")[1] in _OWN:
                await own(scope, receive, send)
            else:
                await front.app(scope, receive, send)

        return app

    async def _token(self, request: Request) -> Response:
        self.tokens_given += 1
        return PlainTextResponse(self.token(request.query_params["user"]))

    def token(self, user: str = USER) -> str:
        """Return a token of this user."""
        return self.tokens.issue(user)

    @asynccontextmanager
    async def _serve(self, front: WebSocketFront) -> AsyncIterator[None]:
        config = uvicorn.Config(
            self._app(front),
            ws=cast("Any", front.protocol),
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        config.load()
        server = self._server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        with socket.create_server(("127.0.0.1", self.port)) as listener:
            self.port = listener.getsockname()[1]
            await server.startup(sockets=[listener])
            try:
                yield
            finally:
                for each in server.servers:
                    each.close()
                self.drop()


def _by_cookie(request: Request) -> Identity | None:
    user = request.cookies.get("user")
    return None if user is None else Identity(user)


async def _page(request: Request) -> Response:
    query = request.query_params
    bells = [_bell(attributes) for attributes in json.loads(query["bells"])]
    scripts = _PUSHER if "pusher" in query["bells"] or "echo" in query["bells"] else ""
    about = {"lang": "en", "dir": "ltr", "module": "/bell.js", **query}
    html = _PAGE.format(**about | {"bells": "".join(bells), "scripts": scripts})
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


def _bell(attributes: Attributes) -> str:
    given = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if name)
    return f"<tidings-bell{given}>{attributes.get('', '')}</tidings-bell>"
