"""An event as bytes: a line of JSON, and the data as it is."""

from __future__ import annotations

import json

from pydantic import ConfigDict, TypeAdapter
from tidings import Counts, Event, Position

LARGEST = 256 * 1024
"""More bytes than any event takes: its data has 64 KiB at most."""

_HEAD = TypeAdapter(
    tuple[str, str, str, Position | None, Counts | None, str | None],
    config=ConfigDict(strict=True),
)


def encode(event: Event) -> bytes:
    """Return what an event is on the way."""
    head = [event.channel, event.name, event.id, event.position, event.counts, event.origin]
    return json.dumps(head).encode() + b"\n" + event.data


def decode(datagram: bytes) -> Event:
    """Return the event, each part of it as it was.

    Raises:
        ValueError: these bytes are none.
    """
    head, separator, data = datagram.partition(b"\n")
    if not separator:
        raise ValueError("no event: it has no data")
    channel, name, id_, position, counts, origin = _HEAD.validate_json(head)
    return Event(channel, name, data, id_, position, counts, origin)
