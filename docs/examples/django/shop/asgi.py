"""The shop, and beside it what browsers hear their notifications from, in one ASGI server."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.asgi import get_asgi_application
from django.db import close_old_connections
from django.http import HttpRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from shop.notifications import store, token_key
from tidings import Identity, Tidings, Tokens
from tidings_http import HttpFront
from tidings_websocket import PlainDialect, WebSocketFront

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django = get_asgi_application()
Session = import_module(settings.SESSION_ENGINE).SessionStore


def _signed_in(session_key: str) -> Identity | None:
    """Ask Django whose session this is, as its AuthenticationMiddleware does."""
    asking = HttpRequest()
    asking.session = Session(session_key)
    try:
        user = get_user(asking)
        if not user.is_authenticated:
            return None
        since = asking.session.get("since")
        begun = datetime.fromtimestamp(since, UTC) if since else None
        return Identity(str(user.pk), issued_at=begun)
    finally:
        close_old_connections()  # as Django does at the end of a request


async def who_asks(request: Request) -> Identity | None:
    """Trust Django's session cookie."""
    key = request.cookies.get(settings.SESSION_COOKIE_NAME)
    return await sync_to_async(_signed_in)(key) if key else None


sockets = WebSocketFront([PlainDialect("/tidings/ws")])  # the whole path, as browsers see it
tidings = Tidings(store(), HttpFront(who_asks), sockets, tokens=Tokens(token_key()))


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Keep Tidings open as long as the server runs."""
    async with tidings:
        yield


routes = [Mount("/tidings", sockets.app), Mount("/", django)]  # inboxes and bell.js; the rest
application = Starlette(lifespan=lifespan, routes=routes)
