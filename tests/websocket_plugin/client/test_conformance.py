"""The client is held to the rules for transports, as every broker is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from served import Served
from tidings.testing import TRANSPORT_RULES, Node
from tidings.testing.pytest import TransportTests
from tidings_websocket import WebSocketClient


class TestWebSocketClient(TransportTests):
    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        async with Served() as server:
            token = server.admin()
            yield lambda: WebSocketClient(server.url, token)


def test_no_rule_is_skipped_for_it() -> None:
    client = WebSocketClient("ws://127.0.0.1/ws", "token")

    assert {rule.lacking(client) for rule in TRANSPORT_RULES} == {None}
