"""What `tidings serve` serves, within the test's own loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from fronts import KEY, Site, until
from tidings import Tidings, Tokens
from tidings_memory import MemoryStore
from tidings_websocket import WebSocketFront
from tidings_websocket.cli.assembling import Assembled
from tidings_websocket.cli.metrics_page import MetricsPage
from tidings_websocket.cli.served import Plan, Served


@asynccontextmanager
async def serving(*, metrics: MetricsPage | None = None, **settings: Any) -> AsyncIterator[Site]:
    """Serve what `tidings serve` serves, until exit."""
    front = WebSocketFront(**{"leave_within": 0.0, "presence_grace": 0.0, **settings})
    tidings = Tidings(front, MemoryStore(), tokens=Tokens(KEY))
    here = Site("fast", front, tidings)
    served = Served(Plan(None, None, 60.0, metrics), Assembled(tidings, front, None))
    config = uvicorn.Config(
        served,
        http="tidings_websocket.cli.doorway:Arrival",
        ws="tidings_websocket.cli.served:connection",
        lifespan="on",
        log_config=None,
    )
    here.server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as at:
        here.port = at.getsockname()[1]
        running = asyncio.create_task(here.server.serve(sockets=[at]))
        await until(lambda: here.server.started or running.done(), "the server ran")
        try:
            yield here
        finally:
            here.server.should_exit = True
            await running
