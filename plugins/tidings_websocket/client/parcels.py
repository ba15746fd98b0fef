"""Events as the commands that a server takes, and its answers as what a store says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from tidings import (
    Event,
    InvalidData,
    Notification,
    Scheduled,
    Stored,
    StoreError,
    TidingsError,
    TransportError,
    Unsupported,
    channel_user,
)
from tidings.changes import DELETED, FORGOTTEN, SETS, read_change
from tidings.names import CONTROL_CHANNEL
from tidings.notification import NOTIFICATION
from tidings.service import DISCONNECT
from tidings_websocket.commands import (
    Answer,
    Command,
    Disconnect,
    Mark,
    Publish,
    Push,
    Pushed,
    ReadHeads,
)

TOGETHER = 500
"""The most users of one `Push`: with the largest notification it is within a front's limit."""


class Parcel(NamedTuple):
    """Events that one command asks for; None where there is none that could, for this `error`."""

    events: Sequence[Event]
    command: Command | None
    error: TidingsError | None = None


def uncarried(events: Sequence[Event]) -> Sequence[Event]:
    """Leave out what the server carries by itself: what it stored, and what it was told to revoke.

    (`Tidings.disconnect(revoke=True)` asks the store first, which here is the server.)
    """
    return [event for event in events if event.position is None and not _is_revocation(event)]


def packed(events: Sequence[Event]) -> Iterator[Parcel]:
    """Go through events as parcels, in order: one notification to many users is one of them."""
    for run in _runs(events):
        try:
            yield Parcel(run, _command(run))
        except InvalidData as error:
            yield Parcel(run, None, error)
        except ValidationError:
            problem = f"event {run[0].id!r} is no notification: make it with Notification.to_json()"
            yield Parcel(run, None, InvalidData(problem))


def stored(parcel: Parcel, answer: Answer | Exception) -> Iterator[Stored | Exception]:
    """Go through what a store says of a parcel's events."""
    for event, result in _results(parcel, answer):
        if isinstance(result, TransportError):
            yield StoreError(f"{result}: it may be stored or not, and trying again is safe")
        elif isinstance(result, Stored | Exception):
            yield result
        elif isinstance(result, Scheduled):
            yield StoreError(
                f"by the server's clock it is not time yet: it comes at {result.at}, and pushing "
                "it again after that gives its position"
            )
        elif isinstance(result, Mapping):
            yield Stored(result[event.channel])
        else:
            yield _unlogged(event)


def scheduled(
    parcel: Parcel, answer: Answer | Exception, at: datetime
) -> Iterator[Scheduled | Exception]:
    """Go through what a schedule says of a parcel's events, which are for `at`."""
    for event, result in _results(parcel, answer):
        if isinstance(result, Stored):  # by the server's clock it is time already
            yield Scheduled(at, result.duplicate)
        elif isinstance(result, Scheduled | Exception):
            yield result
        else:
            yield _unlogged(event)


def _runs(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Go through stretches of events that are one notification, to users who are all others."""
    start = 0
    while start < len(events):
        end, channels = start, set[str]()
        while (
            end < len(events)
            and end - start < TOGETHER
            and events[end].channel not in channels
            and (end == start or _is_same_notification(events[start], events[end]))
        ):
            channels.add(events[end].channel)
            end += 1
        yield events[start:end]
        start = end


def _is_same_notification(one: Event, other: Event) -> bool:
    return (
        (one.name, one.id, one.data) == (other.name, other.id, other.data)
        and one.name == NOTIFICATION
        and None not in (channel_user(one.channel), channel_user(other.channel))
    )


def _command(run: Sequence[Event]) -> Command:
    event = run[0]
    users = [user for event in run if (user := channel_user(event.channel)) is not None]
    if _is_disconnect(event):
        return Disconnect(from_json(event.data)["user"])
    if users and event.name == NOTIFICATION:
        return Push(tuple(users), Notification.from_json(event.data))
    if users and (event.name in SETS or event.name == DELETED):
        return Mark(users[0], read_change(event), event.id, echo=True)
    if users and event.name == FORGOTTEN:  # the server has said so itself: where that stands now
        return ReadHeads((event.channel,))
    return Publish(event.channel, event.name, event.data, event.id, echo=True)


def _is_revocation(event: Event) -> bool:
    return _is_disconnect(event) and from_json(event.data)["revoked"] is True


def _is_disconnect(event: Event) -> bool:
    return event.channel == CONTROL_CHANNEL and event.name == DISCONNECT


def _results(parcel: Parcel, answer: Answer | Exception) -> Iterator[tuple[Event, Any]]:
    for event in parcel.events:
        if isinstance(answer, Pushed):
            yield event, answer.results[channel_user(event.channel) or ""]
        else:
            yield event, answer


def _unlogged(event: Event) -> TidingsError:
    return Unsupported(
        f"channel {event.channel!r} has no log on the server: it was carried, and is not kept. Let "
        "the setting `logged` be the same on both sides"
    )
