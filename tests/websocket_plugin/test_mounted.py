"""The portable front within other applications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path
from fastapi import FastAPI
from litestar import Litestar, asgi
from litestar import get as litestar_get
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from fronts import Site, site
from hostile import Raw
from tidings import Notification
from tidings_websocket import WebSocketFront

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


async def _hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


def in_starlette(front: WebSocketFront) -> Any:
    return Starlette(routes=[Route("/hello", _hello), Mount("/", front.app)])


def in_starlette_below(front: WebSocketFront) -> Any:
    return Starlette(routes=[Route("/hello", _hello), Mount("/live", front.app)])


def in_fastapi(front: WebSocketFront) -> Any:
    app = FastAPI()

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    app.mount("/", front.app)
    return app


def in_fastapi_below(front: WebSocketFront) -> Any:
    app, inner = FastAPI(), FastAPI()
    inner.mount("/live", front.app)

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    app.mount("/api", inner)
    return app


def in_litestar(front: WebSocketFront) -> Any:
    @litestar_get("/hello")
    async def hello() -> str:
        return "hello"

    return Litestar(
        [hello, asgi("/", is_mount=True, copy_scope=True)(front.app)], logging_config=None
    )


def in_litestar_below(front: WebSocketFront) -> Any:
    @litestar_get("/hello")
    async def hello() -> str:
        return "hello"

    return Litestar(
        [hello, asgi("/live", is_mount=True, copy_scope=True)(front.app)], logging_config=None
    )


def _greet(_: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [path("hello", _greet)]


def beside_django(front: WebSocketFront) -> Any:
    if not settings.configured:  # as another test may have done, for what it needs
        settings.configure()
    settings.ALLOWED_HOSTS, settings.MIDDLEWARE, settings.ROOT_URLCONF = ["*"], [], __name__
    django, sockets = ASGIHandler(), front.app

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await (sockets if scope["type"] == "websocket" else django)(scope, receive, send)

    return application


def alone(front: WebSocketFront) -> Any:
    return front.app


HOSTS = [
    (in_starlette, "/ws"),
    (in_starlette_below, "/live/ws"),
    (in_starlette_below, "/live/"),
    (in_fastapi, "/ws"),
    (in_fastapi_below, "/api/live/ws"),
    (in_litestar, "/ws"),
    (in_litestar_below, "/live/ws"),
    (in_litestar_below, "/live"),
    (beside_django, "/ws"),
]


async def get(here: Site, path: str) -> bytes:
    """Return what the server answers to a plain request."""
    async with Raw(here.port) as raw:
        await raw.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return await raw.rest()


@pytest.mark.parametrize(("app", "path"), HOSTS)
async def test_clients_are_served_within(app: Callable[[WebSocketFront], Any], path: str) -> None:
    async with site("portable", app=app) as here:
        assert b"hello" in await get(here, "/hello")
        async with here.connect("ann", path=path) as ann:
            await here.tidings.push("ann", Notification(heading="Build passed"))
            assert (await ann.next())["data"]["heading"] == "Build passed"
            assert await ann.refused("subscribe", channel="private-x") == "denied"
            await here.tidings.disconnect("ann")
            assert await ann.ended() == 4003


@pytest.mark.parametrize("app", [in_starlette, in_fastapi_below, in_litestar, beside_django, alone])
async def test_elsewhere_there_is_nobody(app: Callable[[WebSocketFront], Any]) -> None:
    from websockets.exceptions import InvalidStatus

    async with site("portable", app=app) as here:
        with pytest.raises(InvalidStatus):
            async with here.connect("ann", path="/elsewhere"):
                pass


async def test_who_is_no_websocket_client_is_told_what_this_is_for() -> None:
    async with site("portable") as here:
        answer = await get(here, "/ws")
    assert answer.startswith(b"HTTP/1.1 426")
    assert b"This is for WebSocket clients." in answer


async def test_who_is_gone_before_being_let_in_leaves_nothing() -> None:
    async def receive() -> Mapping[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Mapping[str, Any]) -> None:
        raise ConnectionResetError

    scope = {"type": "websocket", "path": "/ws", "headers": [], "client": ("203.0.113.7", 1)}
    async with site("portable") as here:
        with pytest.raises(ConnectionResetError):
            await here.front.app(scope, receive, send)
        assert not here.front.sessions


async def test_a_server_that_never_says_connect_is_not_answered() -> None:
    async def receive() -> Mapping[str, Any]:
        return {"type": "websocket.disconnect", "code": 1006}

    async def send(message: Mapping[str, Any]) -> None:
        raise AssertionError(message)

    async with site("portable") as here:
        await here.front.app({"type": "websocket", "path": "/ws", "headers": []}, receive, send)


async def test_a_server_may_speak_of_its_lifespan() -> None:
    said = []
    told = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Mapping[str, Any]:
        return next(told)

    async def send(message: Mapping[str, Any]) -> None:
        said.append(message["type"])

    await WebSocketFront().app({"type": "lifespan"}, receive, send)
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
