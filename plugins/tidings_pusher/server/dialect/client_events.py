"""Events that clients send to each other: who may, which, and how often.

Source: Pusher's documents on client events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from pydantic_core import to_json

from tidings import InvalidName
from tidings.names import check_event_name
from tidings_pusher.app import App
from tidings_pusher.server.dialect.messages import Message
from tidings_pusher.server.dialect.rejected import CLIENT_EVENT, rejected
from tidings_pusher.wire_data import from_text, to_text

PREFIX = "client-"


class Sending(NamedTuple):
    """An event that a client may send. data: for Tidings. text: as the others hear it."""

    channel: str
    event: str
    data: bytes
    text: str


class Pace:
    """Counts what a connection sends: so many in any second.

    Args:
        per_second: how many.
        clock: gives the time, in seconds.
    """

    __slots__ = ("_clock", "_latest")

    def __init__(self, per_second: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest: deque[float] = deque(maxlen=per_second)

    def allows(self) -> bool:
        """Count one more, if it may be."""
        now = self._clock()
        if len(self._latest) == self._latest.maxlen and now - self._latest[0] < 1:
            return False
        self._latest.append(now)
        return True


def sending(app: App, message: Message, *, subscribed: bool) -> Sending:
    """Return the event that a client wants to send.

    Args:
        app: the client's.
        message: what it says.
        subscribed: whether it hears the channel it names.

    Raises:
        Rejected: it may not send this.
    """
    event, channel = message.event, message.channel
    if not app.client_events:
        raise _rejected("this app does not allow client events")
    if not channel.startswith(("private-", "presence-")):
        raise _rejected("only private and presence channels have client events")
    if not subscribed:
        raise _rejected(f"subscribe to channel {channel[:200]} first")
    try:
        check_event_name(event)
    except InvalidName as error:
        raise _rejected(str(error)) from None
    said = message.data
    data = from_text(said) if isinstance(said, str) else to_json(said, inf_nan_mode="null")
    text = to_text(data)
    if len(text.encode()) > app.event_bytes:
        raise _rejected(f"the data has more than {app.event_bytes} bytes")
    return Sending(channel, event, data, text)


def too_many(app: App) -> Exception:
    """Return the error of one event too many."""
    return _rejected(f"at most {app.client_events_per_second} client events in a second")


def _rejected(why: str) -> Exception:
    return rejected(f"Client event rejected: {why}", CLIENT_EVENT)
