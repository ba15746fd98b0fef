"""Reading what clients send: an event's name, its channel and its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json

from tidings_pusher.server.dialect.rejected import rejected


class Message(NamedTuple):
    """A message of a client. channel: "" where it names none."""

    event: str
    channel: str
    data: Any


def read(text: str) -> Message:
    """Read a message.

    Raises:
        Rejected: it is none.
    """
    try:
        message = from_json(text, allow_inf_nan=False)
    except ValueError:
        raise rejected("Invalid message: this is no JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise rejected("Invalid message: an object with an event is expected")
    channel = message.get("channel")
    return Message(
        message["event"], channel if isinstance(channel, str) else "", message.get("data")
    )


def fields(message: Message) -> Mapping[str, Any]:
    """Return the data of a message of the protocol: an object, or the JSON text of one.

    Raises:
        Rejected: it is something else.
    """
    data = message.data
    if isinstance(data, str):
        data = parsed(data)
    if not isinstance(data, dict):
        raise rejected(f"Invalid data of {message.event}: an object is expected")
    return data


def parsed(text: str) -> Any:
    """Return what a JSON text says; None where it is no JSON."""
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return None


def string(data: Mapping[str, Any], name: str) -> str:
    """Return a member that is text; "" where it is missing or something else."""
    value = data.get(name)
    return value if isinstance(value, str) else ""
