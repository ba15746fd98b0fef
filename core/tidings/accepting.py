"""What is taken from whoever calls: channels that can be heard, events that can be sent."""

from __future__ import annotations

from datetime import UTC, datetime

from tidings.encoding import check_size
from tidings.errors import TidingsError
from tidings.event import Event
from tidings.names import CONTROL_CHANNEL, check_channel


def heard(channel: str) -> str:
    """Return the channel if it can be listened to: control too.

    Raises:
        InvalidName: no channel can be called that.
    """
    return channel if channel == CONTROL_CHANNEL else check_channel(channel)


def refusal(event: Event) -> Exception | None:
    """Return why an event cannot be sent, if it cannot."""
    try:
        check_channel(event.channel)
        check_size(event.data)
    except TidingsError as error:
        return error
    return None


def now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(UTC)
