"""uvicorn, but for the tenths of a second that it sleeps: hundreds of tests start and end one."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

_LOOKS_EVERY = 0.005


class PromptServer(uvicorn.Server):
    """Ends as a server does, as soon as it is told to and its clients have gone."""

    async def main_loop(self) -> None:
        """Serve until it should exit."""
        while not await self.on_tick(0):  # noqa: ASYNC110 (others set a flag, from threads too)
            await asyncio.sleep(_LOOKS_EVERY)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in, send those away who are here, and wait until they have gone."""
        for each in (*self.servers, *(sockets or ())):
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 (the same)
            await asyncio.sleep(_LOOKS_EVERY)
        for server in self.servers:
            await server.wait_closed()
