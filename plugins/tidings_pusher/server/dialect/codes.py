"""The codes by which connections end, and those of connections that never begin.

Source: Pusher's documents on error codes: 4000 to 4099 must not come back unchanged, 4100 to 4199
after a second at the earliest, 4200 to 4299 at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from tidings_pusher.server.dialect import frames
from tidings_websocket import Ending, Refused

CLOSES: Mapping[Ending, tuple[int, str]] = {
    Ending.RESTART: (4100, "The server restarts"),
    Ending.UNAUTHENTICATED: (4009, "Not authorized"),
    Ending.EXPIRED: (4009, "Not authorized any more"),
    Ending.DISCONNECTED: (4009, "The application ended this connection"),
    Ending.REVOKED: (4009, "Sign in again"),
    Ending.FULL: (4100, "Too many connections"),
    Ending.SLOW: (4100, "Messages are taken too slowly"),
    Ending.FLOOD: (4100, "Too many messages"),  # 4301 would keep it away for good
    Ending.SILENT: (4201, "Pong reply not received"),
    Ending.MALFORMED: (1003, "Only text is understood"),
    Ending.LARGE: (1009, "Message too large"),
    Ending.FAILED: (4100, "The server could not let this connection in"),
}

NO_SUCH_APP = 4001
DISABLED = 4003
OVER_QUOTA = 4004
NO_SUCH_PATH = 4005
BAD_VERSION = 4006
UNSUPPORTED = 4007
NO_VERSION = 4008


def refused(code: int, reason: str) -> Refused:
    """Return why a connection does not begin: a frame that says so, and then its end."""
    return Refused(frames.error(reason, code), code, reason)
