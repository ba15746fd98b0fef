"""The access endpoints within other applications, below a path of their choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from litestar import Litestar, asgi
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from pusher_plugin.endpoint_forms import FORM, SOCKET, signs_channel, signs_user, site
from tidings_pusher import PusherEndpoints

ELSEWHERE = "https://shop.example.net"


def in_starlette(endpoints: PusherEndpoints) -> Any:
    return Starlette(routes=[Mount("/live/pusher", endpoints)])


def in_fastapi(endpoints: PusherEndpoints) -> Any:
    app, inner = FastAPI(), FastAPI()
    inner.mount("/pusher", endpoints)
    app.mount("/live", inner)
    return app


def in_litestar(endpoints: PusherEndpoints) -> Any:
    mounted = asgi("/live/pusher", is_mount=True, copy_scope=True)(endpoints)
    return Litestar([mounted], logging_config=None)


def alone(endpoints: PusherEndpoints) -> Any:
    return endpoints


@pytest.mark.parametrize("app", [in_starlette, in_fastapi, in_litestar, alone])
async def test_they_answer_within(app: Callable[[PusherEndpoints], Any]) -> None:
    async with site("asgi") as here:
        server = httpx.ASGITransport(app(here.application))
        headers = here.bearer("ann")
        async with httpx.AsyncClient(
            transport=server, base_url="http://x/live/pusher", headers=headers
        ) as client:
            form = {"socket_id": SOCKET, "channel_name": "private-user-ann"}
            channel = await client.post("/auth", data=form)
            user = await client.post("/user-auth", data=form)
            elsewhere = await client.post("/elsewhere", data=form)
    assert signs_channel(channel.json(), "private-user-ann")
    assert signs_user(user.json())
    assert elsewhere.status_code == 404


async def test_a_framework_that_shares_with_pages_elsewhere_itself_does_not_do_so_twice() -> None:
    form = urlencode({"socket_id": SOCKET, "channel_name": "private-user-ann"})
    async with site("asgi", origins=[ELSEWHERE]) as here:
        sharing = Middleware(CORSMiddleware, allow_origins=[ELSEWHERE], allow_credentials=True)
        app = Starlette(routes=[Mount("/pusher", here.application)], middleware=[sharing])
        server = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=server, base_url="http://x") as client:
            answer = await client.post(
                "/pusher/auth",
                content=form,
                headers=FORM | here.bearer("ann") | {"origin": ELSEWHERE},
            )
    assert answer.headers.get_list("access-control-allow-origin") == [ELSEWHERE]
