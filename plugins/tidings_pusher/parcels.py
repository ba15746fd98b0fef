"""One event as the HTTP API wants it: whole, or a stub where it is too large."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json, to_json

from tidings import Event, InvalidData, Undeliverable
from tidings_pusher.sealed import ENCRYPTED
from tidings_pusher.wire_data import MEMBER, carried

LIMIT = 10_240
"""The most bytes of UTF-8 that the service takes as an event's data."""

SEALED_LIMIT = 7_500
"""The same where it is to be sealed, which makes it larger by a third."""

BATCH = 10
"""The most events that the service takes in one request."""

_BEGIN = f'{{"{MEMBER}":'


def parcel(event: Event) -> dict[str, str]:
    """Return an event as a member of a batch.

    Logged events that are too large become stubs: data that is an object with `_tidings` alone,
    in which `stub` is true. A client then fetches the entry from the inbox.

    Raises:
        Undeliverable: the data can never go over Pusher.
    """
    try:
        text = carried(event)
    except InvalidData as error:
        raise Undeliverable(str(error)) from None
    most = SEALED_LIMIT if event.channel.startswith(ENCRYPTED) else LIMIT
    if (size := len(text.encode())) > most:
        if event.position is None:
            raise Undeliverable(
                f"an event of {size:,} bytes on {event.channel!r}: Pusher takes {most:,}, and the "
                "channel has no log from which a client could fetch it"
            )
        text = _stub(event)
    return {"channel": event.channel, "name": event.name, "data": text}


def is_stub(text: str) -> bool:
    """Tell whether data that was heard only says that there is an entry to fetch."""
    if not text.startswith(_BEGIN):
        return False
    try:
        about = from_json(text)[MEMBER]
    except ValueError:
        return False
    return isinstance(about, dict) and about.get("stub") is True


def _stub(event: Event) -> str:
    bare = carried(event._replace(data=b"{}"))
    about: dict[str, Any] = from_json(bare)[MEMBER]
    return _BEGIN + to_json(about | {"stub": True}).decode() + "}"
