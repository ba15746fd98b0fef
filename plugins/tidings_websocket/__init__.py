"""The plain-WebSocket front, its wire language, and the client that speaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidings_websocket.dialect import Dialect, Ending, Malformed, Refused
from tidings_websocket.front import WebSocketFront
from tidings_websocket.plain import PlainDialect

if TYPE_CHECKING:
    from tidings_websocket.client.client import WebSocketClient

__all__ = [
    "Dialect",
    "Ending",
    "Malformed",
    "PlainDialect",
    "Refused",
    "WebSocketClient",
    "WebSocketFront",
]


def __getattr__(name: str) -> Any:
    if name != "WebSocketClient":
        raise AttributeError(f"module 'tidings_websocket' has no attribute {name!r}")
    from tidings_websocket.client.client import WebSocketClient  # when used: so is its library

    return WebSocketClient
