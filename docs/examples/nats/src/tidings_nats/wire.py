"""What stands on the wire: a channel as a subject, an event as a message."""

from __future__ import annotations

import json

from pydantic import ConfigDict, TypeAdapter

from tidings import Counts, Event, Position

HEAD_LIMIT = 8 * 1024
"""The most bytes that a message has beside the event's data."""


# --8<-- [start:subject]
def subject(prefix: str, channel: str) -> str:
    """Return the subject that carries a channel: one token below the prefix.

    NATS reads dots as levels, and none may be empty. Channels may have dots anywhere, and never
    a slash; so a slash stands for the dot.
    """
    return f"{prefix}.{channel.replace('.', '/')}"


# --8<-- [end:subject]
# --8<-- [start:message]
_HEAD = TypeAdapter(
    tuple[str, str, Position | None, Counts | None, str | None], config=ConfigDict(strict=True)
)


def encode(event: Event) -> bytes:
    """Return an event as a message: a line of JSON, then its data as they are."""
    head = json.dumps([event.name, event.id, event.position, event.counts, event.origin])
    return head.encode() + b"\n" + event.data


def decode(channel: str, message: bytes) -> Event:
    """Return the event that a message on this channel is.

    Raises:
        ValueError: it is none, and comes from somebody else.
    """
    head, separator, data = message.partition(b"\n")
    if not separator:
        raise ValueError("no event: it has no data")
    name, id_, position, counts, origin = _HEAD.validate_json(head)
    return Event(channel, name, data, id_, position, counts, origin)


# --8<-- [end:message]
