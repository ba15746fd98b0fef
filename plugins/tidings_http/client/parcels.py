"""Events as the bodies of requests: as many together as a server takes. No sockets, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic_core import PydanticSerializationError, to_json

from tidings import Event, InvalidData, TidingsError, channel_user
from tidings.notification import NOTIFICATION

TOGETHER = 1_000
"""The most events of one request."""

BYTES = 1_000_000
"""About how many bytes one request has at most, if it has several events."""


class Parcel(NamedTuple):
    """Events that one request asks to store; with an `error`, one that cannot be asked for."""

    events: Sequence[Event]
    body: bytes = b""
    error: TidingsError | None = None


class _Item(NamedTuple):
    events: Sequence[Event]
    text: bytes
    error: TidingsError | None = None


def packed(events: Sequence[Event]) -> Iterator[Parcel]:
    """Go through events as parcels, in order."""
    waiting: list[_Item] = []
    count = size = 0
    for item in map(_item, same(events)):
        count, size = count + len(item.events), size + len(item.text)
        if waiting and (item.error or count > TOGETHER or size > BYTES):
            yield _parcel(waiting)
            waiting, count, size = [], len(item.events), len(item.text)
        if item.error:
            yield Parcel(item.events, error=item.error)
            count = size = 0
        else:
            waiting.append(item)
    if waiting:
        yield _parcel(waiting)


def same(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Go through stretches of events that are the same on several channels."""
    start = 0
    for end in range(1, len(events) + 1):
        if end == len(events) or end - start == TOGETHER or events[end][1:] != events[start][1:]:
            yield events[start:end]
            start = end


def push_body(events: Sequence[Event]) -> tuple[Sequence[str], bytes]:
    """Return whom a notification is for, and the body of the request to push it to them.

    Raises:
        InvalidData: they are no notification for users.
    """
    users = [user for event in events if (user := channel_user(event.channel)) is not None]
    if len(users) < len(events) or events[0].name != NOTIFICATION:
        raise InvalidData("only notifications for users can be scheduled")
    return users, b'{"users":%b,"notification":%b}' % (to_json(users), events[0].data)


def _item(events: Sequence[Event]) -> _Item:
    """Say of events that are the same on several channels what they are."""
    first = events[0]
    try:
        told = {
            "channels": [event.channel for event in events],
            "name": first.name,
            "text": first.data.decode(),
            "id": first.id,
        }
        if first.origin is not None:
            told["origin"] = first.origin
        return _Item(events, to_json(told))
    except (UnicodeError, PydanticSerializationError):
        return _Item(events, b"", InvalidData("an event's name or data is no text in UTF-8"))


def _parcel(items: Sequence[_Item]) -> Parcel:
    body = b'{"events":[%b]}' % b",".join([item.text for item in items])
    return Parcel([event for item in items for event in item.events], body)
