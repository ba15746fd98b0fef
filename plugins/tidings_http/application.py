"""The ASGI application: FastAPI's, within bounds that hold before anything is parsed."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tidings import Closed, TidingsError
from tidings.redaction import failure
from tidings_http import (
    access_routes,
    bell_routes,
    channel_routes,
    event_routes,
    health_routes,
    inbox_routes,
    sending_routes,
    store_routes,
)
from tidings_http.body import Body
from tidings_http.console import routes as console_routes
from tidings_http.mistakes import invalid, refused
from tidings_http.openapi import described
from tidings_http.outlet import RAW_SEND
from tidings_http.problems import problem
from tidings_http.start_page import routes as start_routes

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

logger = logging.getLogger("tidings.http")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ROUTERS = (
    inbox_routes.router,
    inbox_routes.others,
    event_routes.router,
    event_routes.others,
    channel_routes.router,
    sending_routes.router,
    access_routes.router,
    health_routes.router,
    bell_routes.router,
    console_routes.router,
    start_routes.router,
    store_routes.router,
)
"""All that is answered. What is added here is documented, and served on a front's port too."""

OPENAPI = "/openapi.json"
"""Where the description is."""

_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")


class Application(FastAPI):
    """FastAPI's application, which reads no more of a body than it may have, and never fails."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope = _as_sent(scope) | {RAW_SEND: send}
        try:
            await super().__call__(scope, self._bounded(scope, receive), self._counted(send))
        except Exception as error:
            logger.error("a request failed: %s", failure(error))

    def _counted(self, send: Send) -> Send:
        requests: Counter[int] = self.state.front.counters.requests

        async def counted(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                requests[message["status"]] += 1
            await send(message)

        return counted

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        if scope["method"] in _WITHOUT_BODY:
            return receive
        return Body(scope, receive, self.state.front.limits.body).receive


def application(front: HttpFront) -> Application:
    """Return what answers for a front."""
    app = Application(
        title="Tidings",
        summary="Inboxes, live events and pushes.",
        openapi_url=OPENAPI,
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_name,
    )
    app.state.front = front
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(TidingsError, _failed)
    app.add_exception_handler(Exception, _failed)
    if front.origins.known:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=sorted(front.origins.known),
            allow_credentials=True,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "last-event-id"],
        )
    described(app)
    return app


def paths() -> frozenset[str]:
    """Return how the paths begin that are answered: each up to its second slash."""
    routes = [route for router in ROUTERS for route in router.routes]
    found = {first(route.path) for route in routes if isinstance(route, Route)}
    return frozenset(found) | {OPENAPI.removeprefix("/")}


def first(path: str) -> str:
    """Return a path's first part."""
    return path.removeprefix("/").partition("/")[0]


def _as_sent(scope: Scope) -> dict[str, Any]:
    """Return the scope without a slash that a framework has put behind its path, as Litestar."""
    path, sent = scope["path"], scope.get("raw_path") or b"/"
    added = path.endswith("/") and not sent.partition(b"?")[0].endswith(b"/")
    return {**scope, "path": path[:-1]} if added else dict(scope)


def _name(route: APIRoute) -> str:
    return route.name


async def _refused(_: Request, error: Exception) -> Response:
    return refused(error).response()


async def _invalid(_: Request, error: Exception) -> Response:
    return invalid(error).response()


async def _failed(_: Request, error: Exception) -> Response:
    found = problem(error)
    if found.code == "failed" and not isinstance(error, Closed):
        logger.error("a request failed: %s", failure(error.__cause__ or error))
    return found.response()
