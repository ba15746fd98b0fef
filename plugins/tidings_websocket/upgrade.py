"""Answering an opening request: what is spoken from then on, or why nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from tidings_websocket.dialect import Dialect
from tidings_websocket.opening import Opening

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront


def respond(
    front: WebSocketFront, connection: ServerProtocol, request: Request, address: str | None
) -> tuple[Response, Dialect | None]:
    """Return the response to an opening request, and the language if it opens the connection.

    Args:
        front: which lets clients in.
        connection: the library's side of the connection.
        request: the opening request.
        address: of the client.
    """
    dialect = front.dialect(_path(request))
    if dialect is None:
        return connection.reject(HTTPStatus.NOT_FOUND, "Nothing is here.\n"), None
    if not front.accepting:
        return _busy(connection, "The server is stopping or not open: come back.\n"), None
    if not front.sessions.has_room(address):
        return _busy(connection, "There are too many connections: come back.\n"), None
    response = connection.accept(request)
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        if response.status_code == HTTPStatus.FORBIDDEN:
            front.counters.refuse("origin", address)
        return response, None
    if dialect.subprotocol is not None and dialect.subprotocol in _offered(request):
        response.headers["Sec-WebSocket-Protocol"] = dialect.subprotocol
    return response, dialect


def opening(request: Request) -> Opening:
    """Return what of the request may prove who the client is."""
    authorization = request.headers.get_all("Authorization")
    return Opening(
        request.path.partition("?")[2],
        authorization[0] if authorization else None,
        _offered(request),
        _path(request),
    )


def _path(request: Request) -> str:
    return request.path.partition("?")[0]


def _busy(connection: ServerProtocol, words: str) -> Response:
    return connection.reject(HTTPStatus.SERVICE_UNAVAILABLE, words)


def _offered(request: Request) -> Sequence[str]:
    offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
    return [subprotocol.strip() for subprotocol in offered.split(",")]
