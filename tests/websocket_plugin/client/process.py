"""A server that is a process of its own, on a database: `python -m websocket.client.process`."""

from __future__ import annotations

import asyncio
import sys

from served import Served
from tidings_sql import SqlStore


async def serve(port: int, url: str) -> None:
    """Serve until killed."""
    async with Served(SqlStore(url), port=port) as server:
        print(server.port, flush=True)  # noqa: T201 (whoever started it waits for that)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
