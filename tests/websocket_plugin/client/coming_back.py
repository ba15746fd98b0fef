"""Waiting until a client has another connection than before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tidings_websocket import WebSocketClient


def cut(client: WebSocketClient) -> None:
    """End this client's connection without a word, and no other's."""
    connection = client._remote.asking.current
    assert connection is not None
    connection._websocket.transport.abort()


@asynccontextmanager
async def another_connection(client: WebSocketClient) -> AsyncIterator[None]:
    """Do what ends the connection; the exit waits for the next one."""
    asking = client._remote.asking
    before = asking.current
    assert before is not None
    yield
    await before._websocket.wait_closed()
    while await asking.connection() is before:  # noqa: ASYNC110 (noticed a few turns later)
        await asyncio.sleep(0)
