"""What stands for an event's content once that may be gone: tells a duplicate from a conflict."""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b

from tidings.event import Event
from tidings.notification import NOTIFICATION, content_digest


def digest(event: Event) -> bytes:
    """Return 16 bytes that stand for what this event says."""
    return digest_of(event.name, event.data)


def digest_of(name: str, data: bytes) -> bytes:
    """Return 16 bytes that stand for what an event of this name with this data says."""
    if name == NOTIFICATION:
        with suppress(ValueError, AttributeError):  # no JSON, no object: taken as it is
            return content_digest(data)
    return blake2b(name.encode() + b"\n" + data, digest_size=16).digest()
