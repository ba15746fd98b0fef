"""Where the API is within a larger application, and which spelling of a path was signed."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from fronts import site
from pusher_plugin.http_api.own_server import SHOP, OwnServer, signed
from tidings_pusher.server.plugin import PusherServer
from tidings_websocket import WebSocketFront


def mounted(front: WebSocketFront) -> Starlette:
    return Starlette(routes=[Mount("/realtime", front.app)])


@pytest.mark.parametrize("path", ["/realtime/apps/3/channels", "/apps/3/channels"])
async def test_it_is_mounted_with_the_front_and_signed_for_either_path(path: str) -> None:
    async with site("fast", PusherServer(apps=[SHOP]), app=mounted) as here:
        base = f"http://127.0.0.1:{here.port}/realtime/apps/3"
        async with httpx.AsyncClient(trust_env=False) as http:
            query = signed("GET", path)
            answer = await http.get(f"{base}/channels?{query}")
            assert (answer.status_code, answer.json()) == (200, {"channels": {}})
            assert (await http.get(f"{base}/channels/x?{query}")).status_code == 401


@pytest.mark.parametrize("path", ["/apps/3/channels/a,b", "/apps/3/channels/a%2Cb"])
async def test_a_path_is_signed_as_it_is_sent_or_as_it_reads(server: OwnServer, path: str) -> None:
    asked = "/apps/3/channels/a%2Cb"
    answer = await server.http.get(f"{asked}?{signed('GET', path)}")
    assert (answer.status_code, answer.json()) == (200, {"occupied": False})


async def test_what_the_api_does_not_answer_the_front_does(server: OwnServer) -> None:
    assert (await server.http.get("/ws")).status_code == 426
