"""Every request: its fields, and the command that it is. The parameters are what the wire has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from pydantic import ConfigDict, StrictBool, validate_call

from tidings import Filter, Member, Notification
from tidings.changes import ARCHIVED, DELETED, OPENED, SEEN, UNARCHIVED, UNOPENED, Change
from tidings.notification import Id
from tidings.page import State
from tidings_websocket import commands
from tidings_websocket.commands import Command
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain.terms import (
    Before,
    Category,
    Channel,
    Channels,
    Data,
    EventName,
    Heard,
    Ids,
    Info,
    Limit,
    Moment,
    Offset,
    Place,
    Token,
    User,
    Users,
)

ChangeWord = Literal["open", "unopen", "see", "archive", "unarchive", "delete"]

CHANGES: Mapping[ChangeWord, str] = {
    "open": OPENED,
    "unopen": UNOPENED,
    "see": SEEN,
    "archive": ARCHIVED,
    "unarchive": UNARCHIVED,
    "delete": DELETED,
}
"""What a `mark` can do, and the event that says so."""

_checked = validate_call(config=ConfigDict(strict=True, defer_build=True))


@_checked
def authenticate(*, token: Token, after: Place | None = None) -> Command:
    return commands.Authenticate(token, after)


@_checked
def subscribe(*, channel: Heard, after: Place | None = None) -> Command:
    return commands.Subscribe(channel, after)


@_checked
def unsubscribe(*, channel: Heard) -> Command:
    return commands.Unsubscribe(channel)


@_checked
def publish(
    *,
    channel: Channel,
    event: EventName,
    data: Data = b"null",
    event_id: Id | None = None,
    echo: StrictBool = False,
) -> Command:
    return commands.Publish(channel, event, data, event_id, echo)


@_checked
def push(*, users: Users, notification: Notification) -> Command:
    return commands.Push(users, notification)


@_checked
def mark(
    *,
    change: ChangeWord,
    ids: Ids | None = None,
    through: Place | None = None,
    category: Category | None = None,
    user: User | None = None,
    event_id: Id | None = None,
    echo: StrictBool = False,
) -> Command:
    if (ids is None) == (through is None):
        raise Malformed("name either ids or the position to go through to")
    if ids is not None and category is not None:
        raise Malformed("category: narrows through, not ids; leave it out")
    changed = Change(CHANGES[change], ids or (), through, category)
    return commands.Mark(user, changed, event_id, echo)


@_checked
def page(
    *,
    user: User | None = None,
    limit: Limit = 50,
    before: Before | None = None,
    state: State | None = None,
    category: Category | None = None,
    since: Moment | None = None,
    ids: Ids | None = None,
) -> Command:
    wanted = Filter(state, category, since, None if ids is None else frozenset(ids))
    return commands.ReadPage(user, wanted, limit, before)


@_checked
def counts(*, user: User | None = None) -> Command:
    return commands.ReadCounts(user)


@_checked
def recall(*, channel: Channel, after: Offset, limit: Limit = 500) -> Command:
    return commands.Recall(channel, after, limit)


@_checked
def heads(*, channels: Channels) -> Command:
    return commands.ReadHeads(channels)


@_checked
def members(*, channel: Channel) -> Command:
    return commands.ReadMembers(channel)


@_checked
def enter(*, channel: Channel, user: User, info: Info | None = None) -> Command:
    return commands.Enter(channel, Member(user, info or {}))


@_checked
def leave(*, channel: Channel, user: User) -> Command:
    return commands.Leave(channel, user)


@_checked
def cancel(*, notification: Id) -> Command:
    return commands.Cancel(notification)


@_checked
def trim(*, channel: Channel, through: Offset) -> Command:
    return commands.Trim(channel, through)


@_checked
def forget(*, user: User) -> Command:
    return commands.Forget(user)


@_checked
def disconnect(
    *, user: User, revoke: StrictBool = False, not_before: Moment | None = None
) -> Command:
    if not_before is not None and not revoke:
        raise Malformed("not_before: says which tokens to revoke; send revoke: true with it")
    return commands.Disconnect(user, revoke, not_before)


@_checked
def revoked(*, user: User) -> Command:
    return commands.ReadRevoked(user)


@_checked
def ping() -> Command:
    return commands.Ping()


REQUESTS: Mapping[str, Callable[..., Command]] = {
    request.__name__: request
    for request in (
        authenticate,
        subscribe,
        unsubscribe,
        publish,
        push,
        mark,
        page,
        counts,
        recall,
        heads,
        members,
        enter,
        leave,
        cancel,
        trim,
        forget,
        disconnect,
        revoked,
        ping,
    )
}
"""Every request there is, by its name on the wire."""
