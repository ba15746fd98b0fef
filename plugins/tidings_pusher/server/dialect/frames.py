"""What clients are sent, as the protocol has it: `data` is a JSON string, but in errors.

Source: Pusher's documents on the WebSocket protocol, version 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from tidings import Counts, Event, Member, Position

SERVER_TO_USER = "#server-to-user-"
"""Begins the name of the channel on which a user who signed in is sent what is theirs."""


def established(socket_id: str, activity_timeout: int, *, recovery: bool) -> bytes:
    """Return the first frame; it names the extension only to who asked for it."""
    data: dict[str, Any] = {"socket_id": socket_id, "activity_timeout": activity_timeout}
    if recovery:
        data["recovery"] = True
    return own("pusher:connection_established", data)


def own(event: str, data: Mapping[str, Any], channel: str | None = None) -> bytes:
    """Return a frame of the protocol itself."""
    return message(event, channel, to_json(data).decode())


def message(event: str, channel: str | None, text: str, **more: Any) -> bytes:
    """Return a frame whose data is this text."""
    where = b"" if channel is None else b',"channel":' + to_json(channel)
    rest = b"".join(b"," + to_json(key) + b":" + to_json(more[key]) for key in more)
    return b'{"event":' + to_json(event) + where + b',"data":' + to_json(text) + rest + b"}"


def error(text: str, code: int | None) -> bytes:
    """Return what says that something was refused, or why the connection ends."""
    return to_json({"event": "pusher:error", "data": {"message": text, "code": code}})


def subscription_error(channel: str, kind: str, text: str, status: int) -> bytes:
    """Return what says that a channel was refused, in a way that libraries show it."""
    data = {"type": kind, "error": text, "status": status}
    return to_json({"event": "pusher:subscription_error", "channel": channel, "data": data})


def signed_in(user_data: str) -> bytes:
    """Return what says that a user is signed in."""
    return to_json({"event": "pusher:signin_success", "data": {"user_data": user_data}})


def pong() -> bytes:
    """Return the answer to `pusher:ping`."""
    return b'{"event":"pusher:pong","data":"{}"}'


def cache_miss(channel: str) -> bytes:
    """Return what says that a cache channel has no event yet."""
    return to_json({"event": "pusher:cache_miss", "channel": channel})


def subscription_count(channel: str, count: int) -> bytes:
    """Return how many hear a channel."""
    data = {"subscription_count": count}
    return own("pusher_internal:subscription_count", data, channel)


def watchlist(online: Sequence[str] = (), offline: Sequence[str] = ()) -> bytes:
    """Return who of a watchlist came and who went."""
    told = (("online", online), ("offline", offline))
    events = [{"name": name, "user_ids": users} for name, users in told if users]
    return own("pusher_internal:watchlist_events", {"events": events})


def presence(members: Iterable[Member]) -> dict[str, Any]:
    """Return who is on a presence channel, as its subscribers are told."""
    shown = {member.user: member.info for member in members}
    return {"presence": {"ids": list(shown), "hash": shown, "count": len(shown)}}


def placed(
    id: str | None,  # noqa: A002
    position: Position | None,
    counts: Counts | None,
) -> dict[str, Any]:
    """Return what the recovery extension adds to a frame."""
    more: dict[str, Any] = {} if id is None else {"id": id}
    if position is not None:
        more["position"] = position._asdict()
    if counts is not None:
        more["counts"] = counts._asdict()
    return more


def placed_event(event: Event, text: str, **more: Any) -> bytes:
    """Return an event for who can recover by its position."""
    added = placed(event.id, event.position, event.counts) if event.position else {}
    return message(event.name, event.channel, text, **more, **added)
