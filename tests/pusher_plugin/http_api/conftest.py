"""A server of three apps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from pusher_plugin.http_api.own_server import OwnServer, own_server


@pytest.fixture
async def server() -> AsyncIterator[OwnServer]:
    async with own_server() as running:
        yield running
