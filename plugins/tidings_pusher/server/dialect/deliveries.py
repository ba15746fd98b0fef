"""What comes on a channel, as Pusher's clients hear it; made once for all of one app and kind."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json, to_json

from tidings import Event, Lagged, Reset
from tidings.event import Delivery
from tidings.presence import MEMBER_ADDED, MEMBER_REMOVED
from tidings_pusher.server.dialect import frames
from tidings_pusher.wire_data import carried, to_text

_CLIENT = "client-"
_OWN = "tidings:"


def delivered(delivery: Delivery, *, recovery: bool) -> bytes | None:
    """Return the frame of a delivery.

    Args:
        delivery: on a channel as clients name it.
        recovery: for those who asked for the recovery extension: they are told positions, and
            what they lost.
    """
    match delivery:
        case Event():
            return _event(delivery, recovery=recovery)
        case Reset() if recovery:
            data = {"position": delivery.position._asdict(), "reason": delivery.reason}
            return frames.own("tidings:reset", data, delivery.channel)
        case Lagged() if recovery:
            return frames.own("tidings:lagged", {"missed": delivery.missed}, delivery.channel)
        case _:
            return None


def echoed(event: Event, *, recovery: bool) -> bytes | None:
    """Return what the sender of an event is sent: nothing, or its position."""
    if not recovery or event.position is None:
        return None
    about = frames.placed(event.id, event.position, event.counts)
    return frames.own("tidings:position", about, event.channel)


def client_event_id(id: str, user: str | None) -> str:  # noqa: A002
    """Return the id of a client's event: who the server knows sent it stands in it."""
    return id if user is None else f"{id};{user}"


def _event(event: Event, *, recovery: bool) -> bytes:
    name, channel = event.name, event.channel
    if name.startswith(_OWN) and channel.startswith("presence-"):
        if name == MEMBER_ADDED:
            return _member(event, "pusher_internal:member_added", told=True)
        if name == MEMBER_REMOVED:
            return _member(event, "pusher_internal:member_removed", told=False)
    more: dict[str, Any] = {}
    if name.startswith(_CLIENT) and (user := _sender(event)) is not None:
        more["user_id"] = user
    if recovery:
        return frames.placed_event(event, to_text(event.data), **more)
    text = carried(event) if name.startswith(_OWN) else to_text(event.data)
    return frames.message(name, channel, text, **more) if more else _plain(name, channel, text)


def _plain(name: str, channel: str, text: str) -> bytes:
    return b'{"event":%b,"channel":%b,"data":%b}' % (to_json(name), to_json(channel), to_json(text))


def _member(event: Event, name: str, *, told: bool) -> bytes:
    member = from_json(event.data)
    data = {"user_id": member["user"]}
    if told:
        data["user_info"] = member.get("info", {})
    return frames.own(name, data, event.channel)


def _sender(event: Event) -> str | None:
    """Return the user who sent a client's event on a presence channel.

    Only connections that speak Pusher's protocol are named by two numbers, and only this package
    makes the ids of what they send: so nobody can have made it up.
    """
    if event.origin is None or not event.channel.startswith("presence-"):
        return None
    number, dot, rest = event.origin.partition(".")
    _, mark, user = event.id.partition(";")
    return user if dot and mark and (number + rest).isdigit() else None
