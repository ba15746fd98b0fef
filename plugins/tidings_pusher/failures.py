"""What went wrong with Pusher, as an error that says what to do and holds no secret.

Answers and the errors of the libraries below quote signatures and URLs, so nothing of them is
repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping

from tidings import TransportError, Undeliverable

_TOO_LARGE = 413
_CURES: Mapping[int, str] = {
    400: "the event is not as Pusher wants it",
    401: "check app_id, key and secret, and this machine's clock",
    403: "the app is disabled or over its quota: see its dashboard",
    404: "there is no such app there: check app_id, host and port",
    _TOO_LARGE: "the event is larger than it takes",
    429: "too many at a time",
}
_HOPELESS = frozenset({400, _TOO_LARGE, 422})
"""Statuses that the same request will have again, whatever an operator does."""


class Refused(Exception):
    """An HTTP answer that is no success; it keeps the status alone."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP status {status}")
        self.status = status


def refusal(what: str, status: int) -> TransportError | Undeliverable:
    """Return what a status means: `TransportError` where trying again may help.

    Args:
        what: was asked, and of whom: "Pusher at api-eu.pusher.com:443".
        status: of the HTTP answer.
    """
    cure = _CURES.get(status, "it is tried again")
    words = f"{what} answered {status}: {cure}"
    return Undeliverable(words) if status in _HOPELESS else TransportError(words)


def unreachable(what: str, error: Exception) -> TransportError:
    """Return what a lost connection or a timeout is told as: by its kind alone."""
    return TransportError(f"{what} could not be reached: {type(error).__name__}")
