"""What a client may append: a node of the application anything, others what they are granted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from tidings import Event, InvalidData, Notification, TidingsError, channel_user
from tidings.access import Action
from tidings.changes import DELETED, SETS, read_change
from tidings.names import check_event_name
from tidings.notification import NOTIFICATION
from tidings_http.caller import Caller
from tidings_http.problems import Problem, denied
from tidings_http.sending_routes import refusals
from tidings_http.store_bodies import Item

_CHANGES = frozenset({*SETS, DELETED})


class _Wanted(NamedTuple):
    """An event that is to be stored, and what right it takes."""

    event: Event
    action: Action


async def is_trusted(by: Caller) -> bool:
    """Tell whether the caller is a node of the application: a policy grants it `admin`.

    Raises:
        Problem: it has not said who it is.
    """
    return await by.may(by.channel, "admin")


async def admitted(by: Caller, items: Sequence[Item]) -> Sequence[Event | Exception]:
    """Return events as they may be stored and, in the place of one that may not, why.

    What a node of the application says is taken as it is, if everybody can read it. What others
    say is held to what they could say by other ways, and no `origin` is theirs to tell.
    """
    if await is_trusted(by):
        return [each for item in items for each in _taken(item)]
    read = [_read(event) for item in items for event in item.events()]
    refused = await _refused(by, [each for each in read if isinstance(each, _Wanted)])
    return [
        refused.get((each.event.channel, each.action), each.event)
        if isinstance(each, _Wanted)
        else each
        for each in read
    ]


def _taken(item: Item) -> Iterator[Event | Exception]:
    try:
        if item.name == NOTIFICATION:
            _notification(item.id, item.text)
        else:
            _check_json(item.text)
    except InvalidData as error:
        yield from [error] * len(item.channels)
    else:
        yield from item.events()


def _read(event: Event) -> _Wanted | Exception:
    try:
        return _wanted(event._replace(origin=None))
    except TidingsError as error:
        return error


def _wanted(event: Event) -> _Wanted:
    of_user = channel_user(event.channel) is not None
    if of_user and event.name == NOTIFICATION:
        return _Wanted(event._replace(data=_notification(event.id, event.data)), "push")
    if of_user and event.name in _CHANGES:
        read_change(event)
        return _Wanted(event, "inbox")
    check_event_name(event.name)
    _check_json(event.data)
    return _Wanted(event, "publish")


def _notification(id: str, text: str | bytes) -> bytes:  # noqa: A002
    """Return a notification as it would be if it had been made here."""
    try:
        notification = Notification.from_json(text)
    except ValidationError:
        raise InvalidData("this is no notification: make it with Notification.to_json()") from None
    if notification.id != id:
        raise InvalidData("an event that is a notification has its id")
    return notification.to_json()


def _check_json(text: str | bytes) -> None:
    try:
        from_json(text, allow_inf_nan=False, cache_strings="none")
    except ValueError:
        raise InvalidData("the data is no JSON") from None


async def _refused(by: Caller, wanted: Sequence[_Wanted]) -> Mapping[tuple[str, Action], Exception]:
    """Ask the policies; return who denies what."""
    channels: defaultdict[Action, list[str]] = defaultdict(list)
    for event, action in wanted:
        channels[action].append(event.channel)
    found: dict[tuple[str, Action], Exception] = {}
    for action, names in channels.items():
        try:
            denials = await refusals(by, names, action)
        except Problem as none:
            found |= {(name, action): none for name in names}
        else:
            found |= {(name, action): denied(d.reason) for name, d in denials.items()}
    return found
