"""What a client is told of an error: the words of what it can mend, and nothing of all else."""

from __future__ import annotations

import logging

from tidings import (
    Closed,
    InvalidName,
    InvalidToken,
    StoreError,
    TidingsError,
    TransportError,
)
from tidings.redaction import failure
from tidings_pusher.access import AccessDenied
from tidings_pusher.exchange import Refused

logger = logging.getLogger("tidings.pusher")


def told(error: Exception) -> tuple[int, str]:
    """Return the status and the words that answer a request which failed so.

    What the application has to mend is logged, with the words of Tidings' own errors only.
    """
    match error:
        case Refused():
            return error.status, str(error)
        case AccessDenied() | InvalidToken():
            return 403, str(error)
        case InvalidName():
            return 400, str(error)
    words = f": {error}" if isinstance(error, TidingsError) else ""
    logger.error("an access endpoint failed: %s%s", failure(error), words)
    if isinstance(error, Closed | StoreError | TransportError):
        return 503, "this cannot be answered just now: ask again later"
    return 500, "this could not be answered"
