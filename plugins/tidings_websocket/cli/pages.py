"""What the server says to HTTP requests that are no WebSocket's.

An ASGI application; one for HTTP would stand here, and leave to this what it has nothing for.
"""

from __future__ import annotations

from collections.abc import Callable

from tidings_websocket.asgi import Receive, Scope, Send

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
        speaks: tells whether a path is one for WebSocket clients.
    """

    def __init__(self, speaks: Callable[[str], bool]) -> None:
        self._speaks = speaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one request."""
        if self._speaks(scope["path"]):
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
