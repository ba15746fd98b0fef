"""Tidings beside Django: a store, a front for browsers, and who asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from os import environ
from typing import Any

from django.conf import settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from tidings import Identity, Tidings, Tokens
from tidings_http import HttpFront
from tidings_sql import SqlStore
from tidings_websocket import PlainDialect, WebSocketFront


def store() -> SqlStore:
    """Return a store in the application's database."""
    return SqlStore(environ["DATABASE"])


def who_asks(request: Request) -> Identity | None:
    """Trust Django's session, as the consumer did."""
    session = import_module(settings.SESSION_ENGINE).SessionStore
    user = session(request.cookies.get(settings.SESSION_COOKIE_NAME)).get("user")
    return Identity(user) if user else None


sockets = WebSocketFront([PlainDialect("/tidings/ws")])  # the whole path, as browsers see it


def beside(django: Any) -> Starlette:
    """Return an application that has inboxes below /tidings, and leaves the rest to another."""
    tokens = Tokens(environ["TOKEN_KEY"])
    tidings = Tidings(store(), HttpFront(who_asks), sockets, tokens=tokens)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with tidings:
            yield

    return Starlette(lifespan=lifespan, routes=[Mount("/tidings", sockets.app), Mount("/", django)])
