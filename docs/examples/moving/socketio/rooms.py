"""The Socket.IO server that browsers are connected to today."""

from typing import Any

import socketio
from socketio.exceptions import ConnectionRefusedError as Refused

sio = socketio.AsyncServer(async_mode="asgi")


@sio.event
async def connect(sid: str, environ: dict[str, Any]) -> None:
    """Let in who is signed in, each to a room of their user's own."""
    user = environ["asgi.scope"]["session"].get("user")
    if user is None:
        raise Refused("sign in first")
    await sio.enter_room(sid, f"user-{user}")
