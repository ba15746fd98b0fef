"""The application within others, at any prefix; and on servers that know no more than ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from litestar import Litestar, asgi
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import Mount

from event_source import EventSource, event_source
from http_site import KEY, serving
from tidings import AdminTokens, Notification, Tidings, Tokens
from tidings_http import HttpFront
from tidings_http.outlet import AsgiOutlet, DirectOutlet
from tidings_http.stream import Stream
from tidings_memory import MemoryStore
from tidings_websocket import WebSocketFront

App = Callable[[HttpFront], Any]


def alone(front: HttpFront) -> Any:
    return front.app


def in_starlette(front: HttpFront) -> Any:
    return Starlette(routes=[Mount("/a/b", front.app)])


def in_fastapi(front: HttpFront) -> Any:
    outer, inner = FastAPI(), FastAPI()
    inner.mount("/b", front.app)
    outer.mount("/a", inner)
    return outer


def in_litestar(front: HttpFront) -> Any:
    route = asgi("/a/b", is_mount=True, copy_scope=True)(front.app)
    return Litestar([route], logging_config=None)


def compressed(front: HttpFront) -> Any:
    return Starlette(routes=[Mount("/a/b", front.app)], middleware=[Middleware(GZipMiddleware)])


def behind_another(front: HttpFront) -> Any:
    async def passing(request: Request, on: Callable[[Request], Awaitable[Any]]) -> Any:
        return await on(request)

    middleware = [Middleware(BaseHTTPMiddleware, dispatch=passing)]
    return Starlette(routes=[Mount("/a/b", front.app)], middleware=middleware)


@asynccontextmanager
async def opened(app: App, **config: Any) -> AsyncIterator[tuple[Tidings, str, int]]:
    front, tokens = HttpFront(), Tokens(KEY)
    async with (
        Tidings(MemoryStore(), front, AdminTokens(), tokens=tokens) as tidings,
        serving(app(front), **config) as (port, _),
    ):
        yield tidings, tokens.issue("ann"), port


@asynccontextmanager
async def stream(port: int, path: str, token: str) -> AsyncIterator[EventSource]:
    headers = {"authorization": f"Bearer {token}"}
    async with event_source(port, path, headers) as source:
        assert source.status == 200
        assert (await source.next()).name == "tidings:welcome"
        yield source


@pytest.mark.parametrize(
    ("app", "prefix"),
    [
        (alone, ""),
        (in_starlette, "/a/b"),
        (in_fastapi, "/a/b"),
        (in_litestar, "/a/b"),
        (compressed, "/a/b"),
        (behind_another, "/a/b"),
    ],
)
async def test_it_answers_wherever_it_is(app: App, prefix: str) -> None:
    async with opened(app) as (tidings, token, port):
        url, headers = f"http://127.0.0.1:{port}{prefix}", {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            async with stream(port, f"{prefix}/inbox/events", token) as ann:
                for number in (1, 2):
                    await tidings.push("ann", Notification(heading=str(number)))
                    assert (await ann.next()).data["data"]["heading"] == str(number)
                await tidings.disconnect("ann")
                assert await ann.ended() == "disconnected"
                assert ann.whole
            changed = await client.post("/inbox/open", json={"all": True})
            assert changed.json()["counts"] == {"pending": 0, "unseen": 0}
            page = (await client.get("/inbox")).json()
            assert [entry["opened"] for entry in page["entries"]] == [True, True]
            refused = await client.get("/users/bob/inbox")
            assert refused.headers["content-type"] == "application/problem+json"
            document = (await client.get("/openapi.json")).json()
            assert document["paths"]
            if app in (in_starlette, in_fastapi):
                assert document["servers"] == [{"url": prefix}]


@pytest.mark.parametrize("http", ["httptools", "h11"])
async def test_it_reaches_clients_past_asgi_only_where_that_is_known_to_be_safe(
    http: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlets: list[Any] = []
    run = Stream.run

    async def noting(self: Stream, outlet: Any, *rest: Any) -> None:
        outlets.append(type(outlet))
        await run(self, outlet, *rest)

    monkeypatch.setattr(Stream, "run", noting)
    for app, prefix in ((alone, ""), (in_starlette, "/a/b"), (compressed, "/a/b")):
        async with (
            opened(app, http=http) as (tidings, token, port),
            stream(port, f"{prefix}/inbox/events", token) as ann,
        ):
            await tidings.push("ann", Notification(heading="1"))
            assert (await ann.next()).data["data"]["heading"] == "1"
    direct = DirectOutlet if http == "httptools" else AsgiOutlet
    assert outlets == [direct, AsgiOutlet, AsgiOutlet]


async def test_it_stands_on_the_port_of_a_websocket_front_that_is_mounted_itself() -> None:
    front, sockets, tokens = HttpFront(), WebSocketFront(leave_within=0.0), Tokens(KEY)
    app = Starlette(routes=[Mount("/live", sockets.app)])
    async with (
        Tidings(MemoryStore(), front, sockets, tokens=tokens),
        serving(app) as (port, _),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/live") as client,
    ):
        token = tokens.issue("ann")
        page = await client.get("/inbox", headers={"authorization": f"Bearer {token}"})
        assert page.status_code == 200
        assert (await client.get("/none")).status_code == 426
        async with stream(port, "/live/inbox/events", token):
            pass


class Bare:
    """A server that knows no more than ASGI: it says when the client is gone, and no more."""

    def __init__(self, app: Any, path: str, token: str) -> None:
        self._app = app
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"authorization", f"Bearer {token}".encode())],
            "server": ("127.0.0.1", 80),
        }
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self.news = asyncio.Event()

    def start(self) -> asyncio.Task[None]:
        return asyncio.create_task(self._app(self._scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if self.gone.is_set():
            raise OSError("the client is gone")
        self.sent.append(message)
        self.news.set()

    async def body(self, part: bytes) -> None:
        """Wait until this has been sent."""
        async with asyncio.timeout(10):
            while part not in b"".join(message.get("body", b"") for message in self.sent):
                self.news.clear()
                await self.news.wait()


async def test_a_server_that_knows_no_more_than_asgi_will_do() -> None:
    front, tokens = HttpFront(), Tokens(KEY)
    async with Tidings(MemoryStore(), front, tokens=tokens) as tidings:
        staying = Bare(front.app, "/inbox/events", tokens.issue("ann"))
        going = Bare(front.app, "/inbox/events", tokens.issue("ann"))
        tasks = [staying.start(), going.start()]
        for server in (staying, going):
            await server.body(b"tidings:welcome")
        going.gone.set()
        await tidings.push("ann", Notification(heading="here"))
        await staying.body(b'"here"')
        await tasks[1]
        assert front.counters.ended == {"gone": 1}
        await tidings.disconnect("ann")
        await tasks[0]
        assert staying.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
