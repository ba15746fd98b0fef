"""What a request is answered that is not obeyed: a status, and words that say what to do.

Source: Pusher's documents on the HTTP API: 400 and 401 explain themselves in the body, 403 is for
apps that are disabled, 413 for data that is too large.
"""

from __future__ import annotations

from collections.abc import Mapping

from tidings import Closed, Conflict, InvalidData, InvalidName, StoreError


class Refused(Exception):
    """A request that is not obeyed.

    Args:
        status: of the answer.
        words: what is wrong, and what to do.
        headers: of the answer, beside the usual ones.
    """

    def __init__(
        self, status: int, words: str, headers: Mapping[bytes, bytes] | None = None
    ) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.headers = headers or {}


def malformed(words: str) -> Refused:
    """Return the error of a request that says what cannot be done."""
    return Refused(400, words)


def unauthenticated(words: str) -> Refused:
    """Return the error of a request that no app has signed."""
    return Refused(401, words)


def too_large(words: str) -> Refused:
    """Return the error of an event, or of a body, that has too many bytes."""
    return Refused(413, words)


def later(words: str) -> Refused:
    """Return the error of a request that may be repeated as it is."""
    return Refused(503, f"{words}: try again", {b"retry-after": b"1"})


def refusal(error: Exception) -> Refused:
    """Return what is answered where Tidings raised this; it never tells what went wrong inside."""
    match error:
        case Refused():
            return error
        case Closed():
            return later("the server is starting or stopping")
        case StoreError():
            return later("the store could not take this")
        case Conflict():
            return Refused(409, "an event of this id was published before, with other content")
        case InvalidName() | InvalidData():
            return malformed(str(error))
        case _:
            return Refused(500, "the server could not do this")
