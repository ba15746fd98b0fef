"""What the server says to HTTP requests that are no WebSocket's.

An ASGI application: it passes on what plugins answer, and has a word for the rest.
"""

from __future__ import annotations

from tidings_websocket.brought import Receive, Scope, Send
from tidings_websocket.front import WebSocketFront

_HERE = b"""\
Tidings is here. WebSocket clients are let in; connect to this address with one, such as:

  tidings watch --url ws://HOST:PORT/ws
"""
_UPGRADE = b"""\
This is for WebSocket clients. If you are one, a proxy in between lost the headers "Upgrade" and
"Connection": it has to pass them on.
"""


class Pages:
    """Says what is where, to people who open it in a browser and to whoever sets up a proxy.

    Args:
        front: what is served beside; what its application's plugins answer comes first.
    """

    def __init__(self, front: WebSocketFront) -> None:
        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if (server := self._front.server(scope["path"])) is not None:
            await server.http(scope, receive, send)
        elif self._front.dialect(scope["path"]) is not None:
            await _say(send, 426, _UPGRADE, (b"upgrade", b"websocket"))
        elif scope["path"] == "/":
            await _say(send, 200, _HERE)
        else:
            await _say(send, 404, b"Nothing is here.\n")


async def _say(send: Send, status: int, text: bytes, *more: tuple[bytes, bytes]) -> None:
    length = (b"content-length", b"%d" % len(text))
    headers = [(b"content-type", b"text/plain; charset=utf-8"), length, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
