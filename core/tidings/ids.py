"""Identifiers that sort by time: UUIDv7 (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import random
import time

_random = random.Random()  # noqa: S311 (its own: an application may seed the shared one)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.seed)


def new_id() -> str:
    """Return a fresh UUIDv7 in its usual spelling, 36 characters.

    Ids of different milliseconds sort by time; within one millisecond their order is random.
    They are unique, not secret. (`uuid.uuid7` came only with Python 3.14.)
    """
    millis = time.time_ns() // 1_000_000
    low = _random.getrandbits(74)
    # half the time of an f-string, and one is made for every push
    return "%08x-%04x-7%03x-%04x-%012x" % (  # noqa: UP031
        millis >> 16,
        millis & 0xFFFF,
        low >> 62,
        0x8000 | low >> 48 & 0x3FFF,
        low & 0xFFFFFFFFFFFF,
    )


def made_at(id: str) -> float | None:  # noqa: A002
    """Return when an id was made (seconds since 1970), if it is a UUIDv7."""
    if len(id) != 36 or id[14] != "7" or id[8] != "-":  # noqa: PLR2004
        return None
    try:
        return int(id[:8] + id[9:13], 16) / 1000
    except ValueError:
        return None
