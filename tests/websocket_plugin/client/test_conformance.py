"""The client is held to the rules for transports and for stores, as all are that are both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from served import Served
from tidings.testing import STORE_RULES, TRANSPORT_RULES, Node
from tidings.testing.pytest import StoreTests, TransportTests
from tidings_websocket import WebSocketClient


class TestTransport(TransportTests):
    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        async with Served() as server:
            token = server.admin()
            yield lambda: WebSocketClient(server.url, token)


class TestStore(StoreTests):
    """The server has a log of every channel, as a store is expected to."""

    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        async with Served(logged=["*"]) as server:
            token = server.admin()
            yield lambda: WebSocketClient(server.url, token)


def test_it_claims_all_that_there_is_but_what_a_poorer_line_would() -> None:
    client = WebSocketClient("ws://127.0.0.1/ws", "token")
    lacking = {rule.lacking(client) for rule in TRANSPORT_RULES}

    assert lacking == {
        None,
        *(f"does not claim {claim}" for claim in ("bare", "stubs", "taskless")),
    }


def test_it_does_not_claim_what_a_server_does_for_itself() -> None:
    client = WebSocketClient("ws://127.0.0.1/ws", "token")
    lacking = {rule.lacking(client) for rule in STORE_RULES}

    assert lacking == {None, "is no Outbox", "appends what is due where it is"}
