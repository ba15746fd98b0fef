"""The carrier is held to the rules for transports, over a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pusher_plugin.own_server import own_server, transport_to
from tidings.testing import TRANSPORT_RULES, Node
from tidings.testing.pytest import TransportTests


class TestPusherTransport(TransportTests):
    @asynccontextmanager
    async def make(self) -> AsyncIterator[Node]:
        async with own_server() as server:
            yield lambda: transport_to(server, listen=True)


async def test_only_rules_for_brokers_and_stores_are_skipped_for_it() -> None:
    async with own_server() as server:
        transport = transport_to(server, listen=True)
    lacking = {rule.lacking(transport) for rule in TRANSPORT_RULES}

    assert lacking == {
        None,
        "is no broker",
        "does not claim carries",
        "does not claim local",
        "does not claim presence",
        "does not claim taskless",
    }
