"""What a client is told of failures: a closed list of error codes, and of close codes."""

from __future__ import annotations

from collections.abc import Mapping

from tidings import (
    Conflict,
    InvalidData,
    InvalidName,
    InvalidToken,
    StalePosition,
    StoreError,
    TidingsError,
    Unsupported,
)
from tidings_websocket.dialect import Ending, Malformed
from tidings_websocket.errors import Denied, LimitExceeded, Unauthenticated

FAILED = "failed"
"""The code of every failure that is not the client's business."""

ERRORS: Mapping[str, type[TidingsError]] = {
    "malformed": Malformed,
    "unauthenticated": Unauthenticated,
    "invalid_token": InvalidToken,
    "denied": Denied,
    "invalid_name": InvalidName,
    "invalid_data": InvalidData,
    "conflict": Conflict,
    "stale_position": StalePosition,
    "unsupported": Unsupported,
    "limit": LimitExceeded,
    FAILED: StoreError,
}
"""Every error code, and the error that a client in Python is given for it."""

CLOSES: Mapping[Ending, tuple[int, str]] = {
    Ending.RESTART: (1012, "the server restarts: come back"),
    Ending.FULL: (1013, "too many connections: come back later"),
    Ending.MALFORMED: (1003, "only text frames are understood"),
    Ending.LARGE: (1009, "the message is too large"),
    Ending.FAILED: (1011, "the server failed: come back later"),
    Ending.UNAUTHENTICATED: (4001, "say who you are, in time and with a valid token"),
    Ending.EXPIRED: (4002, "the token has expired: come back with a new one"),
    Ending.DISCONNECTED: (4003, "disconnected by the application: you may come back"),
    Ending.REVOKED: (4004, "revoked: sign in again"),
    Ending.SLOW: (4005, "too slow: come back and catch up"),
    Ending.FLOOD: (4006, "too many messages: come back later, and send less"),
    Ending.SILENT: (4007, "no sign of life: come back"),
}
"""Close codes, with the words that go with them. Those below 4000 mean what IANA's list says."""

_CODES = {kind: code for code, kind in ERRORS.items()}


def code(error: Exception) -> str:
    """Return the code of an error."""
    return next((_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), FAILED)


def words(error: Exception) -> str:
    """Return what a client may read of an error: nothing of what failed within the server."""
    return "the server could not do this" if code(error) == FAILED else str(error)


def error(code: str, message: str) -> TidingsError:
    """Return the error that a code stands for; one that this version does not know is plain."""
    return ERRORS.get(code, TidingsError)(message)
