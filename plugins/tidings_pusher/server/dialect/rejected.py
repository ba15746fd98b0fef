"""What a client is told of a message that is not obeyed: frames with codes of the protocol.

Source: Pusher's documents on error codes. They have no frame for a channel that is refused; the
two that are sent are those that clients of Pusher-compatible servers know.
"""

from __future__ import annotations

from collections.abc import Sequence

from tidings import Closed, InvalidName
from tidings_pusher.server.dialect import frames
from tidings_websocket import Malformed
from tidings_websocket.errors import Denied, LimitExceeded

UNAUTHORIZED = 4009
OVER_CAPACITY = 4100
CLIENT_EVENT = 4301
WATCHLIST = 4302

_SHOWN = 200
_FAILED = "the server could not do this: try again later"


class Rejected(Malformed):
    """A message that is not obeyed, and the frames that say so."""

    def __init__(self, *told: bytes) -> None:
        super().__init__("not obeyed")
        self.told = told


def rejected(text: str, code: int | None = None) -> Rejected:
    """Return the error of a message that is not about subscribing."""
    return Rejected(frames.error(text, code))


def unauthorized(channel: str, text: str) -> Rejected:
    """Return the error of a subscription whose proof is none; a long name is told in part."""
    return Rejected(*_refused(channel, "AuthError", text, UNAUTHORIZED, 401))


def not_subscribed(channel: str, error: Exception) -> Sequence[bytes]:
    """Return what says why a subscription failed that was proven."""
    if isinstance(error, LimitExceeded):
        return _refused(channel, "LimitReached", str(error), OVER_CAPACITY, OVER_CAPACITY)
    if isinstance(error, Denied):
        return _refused(channel, "AuthError", str(error), UNAUTHORIZED, 403)
    return _refused(channel, "ServerError", _FAILED, None, 500)


def not_done(error: Exception, code: int | None) -> Sequence[bytes]:
    """Return what says why anything else failed."""
    tellable = isinstance(error, LimitExceeded | Denied | InvalidName | Closed)
    return (frames.error(str(error) if tellable else _FAILED, code),)


def _refused(
    channel: str, kind: str, text: str, code: int | None, status: int
) -> tuple[bytes, bytes]:
    channel = channel[:_SHOWN]
    about = f"channel {channel}: {text}"
    return frames.subscription_error(channel, kind, text, status), frames.error(about, code)
