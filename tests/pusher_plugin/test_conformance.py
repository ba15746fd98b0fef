"""The carrier is held to the rules for transports, over a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pusher_plugin.own_server import own_server, transport_to
from tidings.testing import Node, check_transport


@asynccontextmanager
async def a_server() -> AsyncIterator[Node]:
    async with own_server() as server:
        yield lambda: transport_to(server, listen=True)


async def test_it_keeps_the_rules_for_transports() -> None:
    report = await check_transport(a_server)

    assert set(report.skipped.values()) == {
        "is no broker",
        "does not claim local",
        "does not claim presence",
    }
