"""The plain-WebSocket front, its wire language, and the client that speaks it."""

from tidings_websocket.dialect import Dialect, Ending, Malformed
from tidings_websocket.front import WebSocketFront
from tidings_websocket.plain import PlainDialect

__all__ = ["Dialect", "Ending", "Malformed", "PlainDialect", "WebSocketFront"]
