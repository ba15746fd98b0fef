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


def test_it_claims_all_that_there_is_but_what_a_poorer_line_would() -> None:
    client = WebSocketClient("ws://127.0.0.1/ws", "token")
    lacking = {rule.lacking(client) for rule in TRANSPORT_RULES}

    assert lacking == {
        None,
        *(f"does not claim {claim}" for claim in ("bare", "stubs", "taskless")),
    }
