"""A Pusher-compatible server of one's own, in the place of the hosted service, and a way to it."""

from __future__ import annotations

import base64
from typing import Any

from served import Served
from tidings_memory import MemoryBroker
from tidings_pusher import PusherServer, PusherTransport

APP_ID, KEY, SECRET = "3", "278d425bdf160c739803", "7ad3773142a6692b25b8"
MASTER_KEY = base64.b64encode(b"of thirty-two bytes, all of them").decode()


def own_server(**settings: Any) -> Served:
    """Make a server that keeps nothing, as the hosted service does."""
    app = {"id": APP_ID, "key": KEY, "secret": SECRET, **settings}
    return Served(MemoryBroker(), PusherServer(apps=[app]), leave_within=0.01)


def transport_to(server: Served, **settings: Any) -> PusherTransport:
    """Make a transport that goes over it."""
    return PusherTransport(
        app_id=APP_ID,
        key=KEY,
        secret=SECRET,
        host="127.0.0.1",
        port=server.port,
        ssl=False,
        encryption_master_key_base64=MASTER_KEY,
        **settings,
    )
