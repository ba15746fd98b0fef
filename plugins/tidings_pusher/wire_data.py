"""What an event's data is on Pusher's wire, where it is a text, and back.

Pusher has no place for a position, counts or an id, so they ride in the data of events that have
a log, as its last member `_tidings`. What a publisher sent as text goes through byte for byte.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json, to_json

from tidings import Counts, Event, InvalidData, Position

MEMBER = "_tidings"
"""The member of the data that carries position, counts and id."""

_QUOTED = b'"_tidings"'

_RAW = b" "
"""Begins data that was no JSON text: it then is a JSON string of that text. (A blank is JSON's
least meaning, and no text of a publisher that begins with one is left as it is.)"""


def from_text(text: str) -> bytes:
    """Return a publisher's text as an event's data; whatever it is, `to_text` gives it back."""
    if not text.startswith((" ", "\t", "\n", "\r")):
        try:
            from_json(text, allow_inf_nan=False)
        except ValueError:
            pass
        else:
            return text.encode()
    return _RAW + to_json(text)


def to_text(data: bytes) -> str:
    """Return what an event without a log is on the wire."""
    if data.startswith(_RAW) and isinstance(text := from_json(data), str):
        return text
    return data.decode()


def carried(event: Event) -> str:
    """Return an event's data as text, with its position, counts and id where it has a log.

    Raises:
        InvalidData: it has a log, and its data is no object (or has a member `_tidings`).
    """
    position = event.position
    if position is None:
        return to_text(event.data)
    data = event.data.strip()
    if not data.startswith(b"{") or (_QUOTED in data and MEMBER in from_json(data)):
        raise InvalidData(
            f"an event of the logged channel {event.channel!r} needs an object without a member "
            f"{MEMBER!r} as its data, to go over Pusher: Tidings adds its position there"
        )
    about: dict[str, Any] = {"id": event.id, "epoch": position.epoch, "offset": position.offset}
    if event.counts is not None:
        about["counts"] = event.counts._asdict()
    if event.origin is not None:
        about["origin"] = event.origin
    comma = b"" if data[1:-1].strip() == b"" else b","
    return (data[:-1] + comma + b'"_tidings":' + to_json(about) + b"}").decode()


def heard(channel: str, name: str, text: str, id: str) -> Event:  # noqa: A002
    """Return the event that came over the wire.

    Args:
        channel: it came on, as Tidings calls it.
        name: of the event.
        text: its data; its last member may be what Tidings adds, and nothing else of that name.
        id: its id, if the data says none.
    """
    head, mark, rest = text.rpartition(f'"{MEMBER}":')
    if mark and rest.endswith("}}"):
        try:
            return _placed(channel, name, head.rstrip().removesuffix(",") + "}", rest[:-1])
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # it is a member of the publisher's own
    return Event(channel, name, from_text(text), id)


def _placed(channel: str, name: str, data: str, added: str) -> Event:
    about = from_json(added)
    counts = about.get("counts")
    return Event(
        channel,
        name,
        data.encode(),
        str(about["id"]),
        Position(str(about["epoch"]), int(about["offset"])),
        None if counts is None else Counts(int(counts["pending"]), int(counts["unseen"])),
        about.get("origin"),
    )
