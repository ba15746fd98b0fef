"""What it means when a connection does not come about, or ends: in the errors of the core."""

from __future__ import annotations

from http import HTTPStatus

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import CloseCode

from tidings import InvalidToken, TidingsError, TransportError
from tidings.redaction import failure
from tidings_websocket.dialect import Ending
from tidings_websocket.plain.codes import CLOSES

_ENDINGS = {code: ending for ending, (code, _) in CLOSES.items()}
_OF_TOKENS = frozenset({Ending.UNAUTHENTICATED, Ending.EXPIRED, Ending.REVOKED})


class TooLarge(TransportError):
    """A message was larger than one side takes, so the connection ended."""


def unreachable(url: str, error: Exception) -> TidingsError:
    """Return why there is no connection."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        if status == HTTPStatus.UNAUTHORIZED:
            return InvalidToken(f"{url} does not accept the token")
        words = f"it answers {status} {error.response.reason_phrase}"
        if status == HTTPStatus.NOT_FOUND:
            words += ": is the path right? It usually is /ws"
    elif isinstance(error, TimeoutError):
        words = "it does not answer in time"
    elif isinstance(error, OSError):
        words = str(error) or failure(error)
    else:
        words = failure(error)
    return TransportError(f"no connection to {url}: {words}")


def ended(url: str, closed: ConnectionClosed) -> TidingsError:
    """Return why there is no connection any more."""
    frame = closed.rcvd or closed.sent
    if frame is None:
        return TransportError(f"the connection to {url} was lost")
    words = f"{frame.code} {frame.reason}".strip()
    if frame.code == CloseCode.MESSAGE_TOO_BIG:
        return TooLarge(f"a request to {url} was too large, or its answer: {words}")
    if closed.rcvd and _ENDINGS.get(frame.code) in _OF_TOKENS:
        return InvalidToken(f"{url} closed the connection: {words}")
    return TransportError(f"the connection to {url} was closed: {words}")
