"""Tidings in the application: a store, a front for browsers, and who asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import environ

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from tidings import Identity, Tidings, Tokens
from tidings_http import HttpFront
from tidings_sql import SqlStore
from tidings_websocket import PlainDialect, WebSocketFront


def who_asks(request: Request) -> Identity | None:
    """Trust the session, as the Socket.IO server did."""
    user = request.session.get("user")
    return Identity(user) if user else None


sockets = WebSocketFront([PlainDialect("/tidings/ws")])  # the whole path, as browsers see it
tidings = Tidings(
    SqlStore(environ["DATABASE"]),
    HttpFront(who_asks),
    sockets,
    tokens=Tokens(environ["TOKEN_KEY"]),
)
mount = Mount("/tidings", sockets.app)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Keep Tidings open as long as the server runs."""
    async with tidings:
        yield
