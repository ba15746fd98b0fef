"""The client is held to the rules for transports, as every broker is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from served import Served
from tidings.testing import Node, check_transport
from tidings_websocket import WebSocketClient


@asynccontextmanager
async def a_server() -> AsyncIterator[Node]:
    async with Served() as server:
        token = server.admin()
        yield lambda: WebSocketClient(server.url, token)


async def test_it_keeps_the_rules_for_transports() -> None:
    report = await check_transport(a_server)

    assert not report.skipped
