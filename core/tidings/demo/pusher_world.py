"""Pusher as the demo's transport: the hosted service's place is taken by a server of one's own."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tidings.discovery import load
from tidings.service import Tidings

_APP = {"app_id": "1", "key": "demo", "secret": secrets.token_hex(16)}


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """Serve Pusher's clients and its HTTP API in a thread, until exit; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _Server(listener)
        thread = threading.Thread(target=server.run, name="tidings demo server")
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.stop()
            await asyncio.to_thread(thread.join)


def carrier(port: int) -> object:
    """Make a transport that pushes to the server, and hears from it."""
    return load("pusher-transport")(**_APP, host="127.0.0.1", port=port, ssl=False, listen=True)


class _Server:
    """Keeps nothing, as the hosted service does: what was missed is in the application's store."""

    def __init__(self, listener: socket.socket) -> None:
        import uvicorn

        most = 1_000_000  # the demo follows many users over one connection
        self._front = load("websocket")(subscriptions=most, rate=most, leave_within=0.01)
        config: dict[str, Any] = {"lifespan": "off", "log_config": None}
        self._server = uvicorn.Server(
            uvicorn.Config(self._front.app, ws=self._front.protocol, **config)
        )
        self._listener = listener

    def run(self) -> None:
        """Serve until it is stopped."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """Have it end soon; callable from any thread."""
        self._server.should_exit = True

    async def _serve(self) -> None:
        async with Tidings(load("memory")(), self._front, load("pusher")(**_APP)):
            await self._server.serve([self._listener])
