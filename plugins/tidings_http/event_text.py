"""Event streams as text (WHATWG HTML, 9.2 Server-sent events): without I/O.

Each event has its name in `event:` and one line of JSON in `data:`. On the channel that a stream
is of, `id:` says EPOCH:OFFSET: a browser sends the last one back when it returns.
"""

from __future__ import annotations

from datetime import datetime

from tidings import Counts, Event, Lagged, Position, Reset
from tidings.event import Delivery
from tidings_http.writing import behind_data, counts, cursor, known, position, quoted

WELCOME = "tidings:welcome"
RESET = "tidings:reset"
LAGGED = "tidings:lagged"
END = "tidings:end"

PING = b":\n\n"
"""A comment: it shows both sides, and whoever is between them, that the other is there."""


def welcome(
    channel: str,
    *,
    user: str | None,
    place: Position | None,
    badge: Counts | None,
    expires_at: datetime | None,
) -> bytes:
    """Return the first event of a stream: where it begins, and what the badge shows."""
    data = [f'"channel":{known(channel)}']
    if user is not None:
        data.append(f'"user":{quoted(user)}')
    if expires_at is not None:
        data.append(f'"expires_at":"{expires_at.isoformat()}"')
    told = f'{{"data":{{{",".join(data)}}}'
    if place is not None:
        told += f',"position":{position(place)}'
    if badge is not None:
        told += f',"counts":{counts(badge)}'
    return _event(WELCOME, f"{told}}}".encode(), place)


def delivery(found: Delivery, *, main: bool) -> bytes:
    """Return what is delivered on a channel.

    Args:
        found: an event, or what stands in the place of some.
        main: the channel is the one that the stream is of; else the event names its channel.
    """
    begun = b'{"data":' if main else f'{{"channel":{known(found.channel)},"data":'.encode()
    match found:
        case Event():
            return _event(
                found.name,
                begun + found.data + behind_data(found),
                found.position if main else None,
            )
        case Reset():
            behind = f'{{"reason":{quoted(found.reason)}}},"position":{position(found.position)}}}'
            return _event(RESET, begun + behind.encode(), found.position if main else None)
        case Lagged():
            return _event(LAGGED, begun + f'{{"missed":{found.missed}}}}}'.encode(), None)


def end(reason: str, retry: int) -> bytes:
    """Return the last event of a stream.

    Args:
        reason: why it ends.
        retry: after how many milliseconds a browser is to return.
    """
    told = _event(END, f'{{"data":{{"reason":{quoted(reason)}}}}}'.encode(), None)
    return b"retry: %d\n" % retry + told


def _event(name: str, data: bytes, place: Position | None) -> bytes:
    """Return an event. JSON has line ends only where a space will do as well."""
    if b"\n" in data or b"\r" in data:
        data = data.replace(b"\n", b" ").replace(b"\r", b" ")
    opening = "" if place is None else f"id: {cursor(place)}\n"
    return b"".join((f"{opening}event: {one_line(name)}\ndata: ".encode(), data, b"\n\n"))


def one_line(name: str) -> str:
    """Return a name that can stand in a line of its own.

    Raises:
        ValueError: it cannot.
    """
    if "\n" in name or "\r" in name:
        raise ValueError("an event's name has a line end")
    return name
