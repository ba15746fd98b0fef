"""Reading a request and answering it, as ASGI (3.0) has it; no framework is needed for that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from tidings_pusher.server.http_api.refusals import Refused, too_large

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Disconnected(Exception):
    """Whoever asked has gone: nobody is to be answered."""


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """Return the body of a request, and read no more of it than may be.

    Args:
        scope: of the request.
        receive: gives its parts.
        most: how many bytes it may have.

    Raises:
        Refused: it has more.
        Disconnected: it did not come to its end.
    """
    if _announced(scope) > most:
        raise _over(most)
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > most:
            raise _over(most)
        more = message.get("more_body", False)
    return bytes(body)


async def respond(
    send: Send, status: int, body: bytes, headers: Mapping[bytes, bytes] | None = None
) -> None:
    """Answer with a JSON text."""
    usual = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
    ]
    more = [] if headers is None else list(headers.items())
    await send({"type": "http.response.start", "status": status, "headers": usual + more})
    await send({"type": "http.response.body", "body": body})


def signed_paths(scope: Scope) -> Iterator[str]:
    """Return the paths that a request may have been signed for; the likeliest first.

    That is the one it came by, decoded or as it was sent, or what is left of it within the
    application where this is mounted.
    """
    path: str = scope["path"]
    yield path
    raw = scope.get("raw_path") or b""
    sent = raw.partition(b"?")[0].decode("latin-1")
    root: str = scope.get("root_path", "")
    for other in dict.fromkeys((sent, path.removeprefix(root), sent.removeprefix(root))):
        if other not in ("", path):
            yield other


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _over(most: int) -> Refused:
    return too_large(f"the body has more than {most:,} bytes")
