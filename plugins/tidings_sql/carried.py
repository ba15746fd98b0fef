"""Events as the text in which one process hands them to another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tidings.event import Counts, Event, Position

_encoder = json.JSONEncoder(separators=(",", ":"))  # ASCII alone: any database takes it


def encode(events: Iterable[Event]) -> str:
    """Return the text of these events, in order."""
    return _encoder.encode(
        [
            (channel, name, data.decode(), id, position, counts, origin)
            for channel, name, data, id, position, counts, origin in events  # noqa: A001
        ]
    )


def decode(text: str) -> Sequence[Event]:
    """Return the events that a text is made of.

    Raises:
        ValueError: it is none that `encode` made.
    """
    try:
        return [
            Event(
                channel,
                name,
                data.encode(),
                id,
                None if position is None else Position(*position),
                None if counts is None else Counts(*counts),
                origin,
            )
            for channel, name, data, id, position, counts, origin in json.loads(text)  # noqa: A001
        ]
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"no events of Tidings: {type(error).__name__}") from None
