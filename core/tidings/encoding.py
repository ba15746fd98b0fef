"""Application data to JSON bytes, made once; the one place that decides what is JSON."""

from __future__ import annotations

import json
from typing import Any

from tidings.errors import InvalidData

DATA_LIMIT = 64 * 1024
"""The most bytes of JSON that an event's data may have."""

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode(data: Any) -> bytes:
    """Return `data` as compact JSON in UTF-8.

    Raises:
        InvalidData: it holds NaN, an infinity, half a surrogate pair, a cycle, an object that
            JSON has no word for, or comes to more than 64 KiB.
    """
    try:
        text = _encoder.encode(data).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidData(
            f"data is no JSON: {error}. Use dict, list, str, int, finite float, bool, None"
        ) from None
    return check_size(text)


def check_size(data: bytes) -> bytes:
    """Return what is JSON already, if it may travel.

    Raises:
        InvalidData: it comes to more than 64 KiB.
    """
    if len(data) > DATA_LIMIT:
        raise InvalidData(f"data is {len(data):,} bytes of JSON; at most {DATA_LIMIT:,} travel")
    return data
