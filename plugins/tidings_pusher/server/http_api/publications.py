"""The events that a request publishes: read, and checked as far as no store is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json

from tidings import Event, InvalidData
from tidings.encoding import check_size
from tidings.ids import new_id
from tidings.names import check_event_name
from tidings_pusher.sealed import ENCRYPTED
from tidings_pusher.server.http_api import attributes, fields
from tidings_pusher.server.http_api.attributes import COUNTS, Attribute
from tidings_pusher.server.http_api.channel_names import Own
from tidings_pusher.server.http_api.refusals import malformed, too_large
from tidings_pusher.server.live_app import LiveApp
from tidings_pusher.wire_data import MEMBER, from_text

CHANNELS = 100
"""The most channels of one event."""

BATCH = 10
"""The most events of one batch."""

_TIDINGS = "tidings:"
_MEMBER = f'"{MEMBER}":'
_SOCKET_ID = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")
_ID = re.compile(r"[!-:<-~]{1,128}")  # without ";": behind that stands who sent a client's event

Naming = Callable[[str], Own]


class Publication(NamedTuple):
    """An event on one channel.

    Attributes:
        channel: as the app's clients call it.
        text: the event's data, as it was sent.
        event: what is submitted.
        info: what is asked about the channel.
    """

    channel: str
    text: str
    event: Event
    info: Collection[Attribute]


def published(live: LiveApp, body: Mapping[str, Any], own: Naming) -> Sequence[Publication]:
    """Return what one event is on each of its channels.

    Args:
        live: the app that publishes.
        body: of the request.
        own: gives what a channel of the app is called in Tidings.

    Raises:
        Refused, InvalidName: something in it cannot be; then none of it is published.
    """
    names = _channels(body)
    if len(names) > 1 and any(name.startswith(ENCRYPTED) for name in names):
        raise malformed("an encrypted channel has a key of its own: publish to it alone")
    return _publications(live, body, names, own)


def batch(live: LiveApp, body: Mapping[str, Any], own: Naming) -> Sequence[Publication]:
    """Return the events of a batch; each has one channel.

    Raises:
        Refused, InvalidName: something in it cannot be; then none of it is published.
    """
    publications: list[Publication] = []
    for each in fields.listed(body, "batch", BATCH):
        event = fields.mapping(each, "an event of the batch")
        names = [fields.text(event, "channel")]
        publications += _publications(live, event, names, own)
    return publications


def _publications(
    live: LiveApp, body: Mapping[str, Any], names: Sequence[str], own: Naming
) -> list[Publication]:
    name, text = fields.text(body, "name"), fields.text(body, "data")
    if len(text.encode()) > live.app.event_bytes:
        raise too_large(f"the data of an event has more than {live.app.event_bytes:,} bytes")
    data, origin = _data(text), _socket_id(body)
    info = attributes.wanted(body.get("info"), COUNTS)
    if "subscription_count" in info and not live.app.subscription_count:
        raise malformed("subscription_count is off: set it in this app's settings")
    told, found = _told_id(text), []
    for channel in names:
        called, logged = own(channel)
        _check_event(name, channel, logged=logged)
        event = Event(called, name, data, told or new_id(), origin=origin)
        found.append(Publication(channel, text, event, info))
    return found


def _channels(body: Mapping[str, Any]) -> Sequence[str]:
    if body.get("channels") is None:
        return [fields.text(body, "channel")]
    names = fields.listed(body, "channels", CHANNELS)
    if not names:
        raise malformed("channels is to name at least one channel")
    for name in names:
        if not isinstance(name, str):
            raise malformed("channels is to name channels, each as text")
    return names if len(names) == 1 else list(dict.fromkeys(names))


def _check_event(name: str, channel: str, *, logged: bool) -> None:
    """Refuse names that are not an application's; another Tidings application may send its own.

    Raises:
        InvalidName: no application's events are called that.
        Refused: it is Tidings' own, and cannot be heard here.
    """
    if not name.startswith(_TIDINGS):
        check_event_name(name)
        return
    check_event_name(name[len(_TIDINGS) :])
    if attributes.is_presence(channel):
        raise malformed(f"{name!r} is not sent on presence channels: this server makes its own")
    if logged:
        raise malformed(
            f"{name!r} is the event of a log, and this channel has a log of its own here: with "
            "two, its events would have two positions; let the setting `logged` not match it"
        )


def _socket_id(body: Mapping[str, Any]) -> str | None:
    socket_id = body.get("socket_id")
    if socket_id is None:
        return None
    if not isinstance(socket_id, str) or _SOCKET_ID.fullmatch(socket_id) is None:
        raise malformed("socket_id is none: it is two numbers with a dot between them")
    return socket_id


def _data(text: str) -> bytes:
    try:
        return check_size(from_text(text))
    except InvalidData as error:
        raise too_large(str(error)) from None


def _told_id(text: str) -> str | None:
    """Return the id that another Tidings application gave an event, where its data says one."""
    _, mark, about = text.rpartition(_MEMBER)
    if not mark or not about.endswith("}}"):
        return None
    try:
        told = from_json(about[:-1])
    except ValueError:
        return None
    id = told.get("id") if isinstance(told, dict) else None  # noqa: A001
    return id if isinstance(id, str) and _ID.fullmatch(id) else None
