"""Carrying out each command for one client, if it may."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from tidings import (
    Closed,
    Counts,
    Entry,
    Event,
    Filter,
    Grant,
    Identity,
    Member,
    Page,
    Passed,
    Position,
    PushFailed,
    Recalled,
    StalePosition,
    Stored,
    Unsupported,
    user_channel,
)
from tidings.ids import new_id
from tidings.names import CONTROL_CHANNEL, check_event_name
from tidings_websocket import commands
from tidings_websocket.access import need, need_admin, own
from tidings_websocket.admission import admit, take
from tidings_websocket.commands import Answer, Pushed, Subscribed, Welcome
from tidings_websocket.errors import Denied, LimitExceeded

if TYPE_CHECKING:
    from tidings_websocket.session import Session

Read = Callable[["Session", Any], Coroutine[Any, Any, Answer]]
Write = Callable[[], Coroutine[Any, Any, Answer]]
BeginWrite = Callable[["Session", Any], Coroutine[Any, Any, Write]]

Sized = TypeVar("Sized", Entry, Event)


async def authenticate(session: Session, command: commands.Authenticate) -> Welcome:
    identity = await session.front.tidings.admit(command.token)
    return await admit(session, identity, command.after)


async def sign_in(session: Session, command: commands.SignIn) -> None:
    take(session, Identity(command.user, session.front.tidings.clock()))


async def subscribe(session: Session, command: commands.Subscribe) -> Subscribed:
    channel, name = command.channel, command.name or command.channel
    member = await _member(session, command)
    again = name in session.followed
    if not again:
        _need_room(session, len(session.followed) + 1)
    if command.pending:
        return await _from_pending(session, command, name)
    if not channel.startswith("presence-"):
        return Subscribed(channel, await session.followed.follow(channel, command.after, name))
    presence = session.front.tidings.presence
    if not again and member is not None:
        await _take_seat(session, channel, member)
    try:
        position = await session.followed.follow(channel, command.after, name)
        return Subscribed(channel, position, await presence.members(channel))
    except BaseException:
        if not again:
            _unfollow(session, channel, name)
        raise


async def unsubscribe(session: Session, command: commands.Unsubscribe) -> None:
    name = command.name or command.channel
    if name in session.followed:
        _unfollow(session, command.channel, name)


async def read_page(session: Session, command: commands.ReadPage) -> Page:
    user, before = await _inbox_of(session, command.user), command.before
    offset = before.offset if isinstance(before, Position) else before
    page = await session.front.tidings.rows.page(
        user_channel(user), command.filter, command.limit, offset
    )
    if isinstance(before, Position) and before.epoch != page.position.epoch:
        raise StalePosition("this cursor is of an inbox that is no more: take the first page")
    fitting = _fitting(session, page.entries)
    return page if fitting == page.entries else replace(page, entries=fitting, more=True)


async def read_counts(session: Session, command: commands.ReadCounts) -> Counts:
    user = await _inbox_of(session, command.user)
    return await session.front.tidings.rows.counts(user_channel(user))


async def recall(session: Session, command: commands.Recall) -> Recalled:
    await need(session, command.channel, "subscribe")
    recalled = await session.front.tidings.log.recall(command.channel, command.after, command.limit)
    return recalled._replace(events=_fitting(session, recalled.events))


async def read_heads(session: Session, command: commands.ReadHeads) -> Mapping[str, Position]:
    _need_room(session, len(command.channels))
    for channel in command.channels:
        await need(session, channel, "subscribe")
    return await session.front.tidings.log.heads(command.channels)


async def read_members(session: Session, command: commands.ReadMembers) -> Sequence[Member]:
    await need(session, command.channel, "subscribe")
    return await session.front.tidings.presence.members(command.channel)


async def enter(session: Session, command: commands.Enter) -> None:
    await need_admin(session)
    if not command.channel.startswith("presence-"):
        raise Denied("nobody is present on it: the name begins with presence-")
    await _take_seat(session, command.channel, command.member)


async def leave(session: Session, command: commands.Leave) -> None:
    await need_admin(session)
    if _stood_up(session, command.channel, command.user):
        await session.front.seats.leave_at_once(command.channel, command.user)


async def cancel(session: Session, command: commands.Cancel) -> int:
    await need_admin(session)
    return await session.front.tidings.cancel(command.id)


async def trim(session: Session, command: commands.Trim) -> None:
    await need_admin(session)
    await session.front.tidings.log.trim(command.channel, command.through)


async def forget(session: Session, command: commands.Forget) -> None:
    await need_admin(session)
    await session.front.tidings.forget(command.user)


async def disconnect(session: Session, command: commands.Disconnect) -> None:
    await need_admin(session)
    revoke = command.not_before or command.revoke
    await session.front.tidings.disconnect(command.user, revoke=revoke)


async def read_revoked(session: Session, command: commands.ReadRevoked) -> datetime | None:
    await need_admin(session)
    return await session.front.tidings.revocations.not_before(command.user)


async def ping(session: Session, command: commands.Ping) -> None:
    """There is nothing to do but to answer."""


async def publish(session: Session, command: commands.Publish) -> Write:
    if not command.proven:
        await need(session, command.channel, "publish")
    check_event_name(command.name)
    origin = None if command.echo else session.id
    id = command.id or new_id()  # noqa: A001
    event = Event(command.channel, command.name, command.data, id, origin=origin)
    return partial(_submit, session, event)


async def mark(session: Session, command: commands.Mark) -> Write:
    user = await _inbox_of(session, command.user)
    origin = None if command.echo else session.id
    event = command.change.event(user_channel(user), origin=origin)
    return partial(_submit, session, event._replace(id=command.id) if command.id else event)


async def push(session: Session, command: commands.Push) -> Write:
    for user in command.users:
        await need(session, user_channel(user), "push")
    return partial(_push, session, command)


async def _submit(session: Session, event: Event) -> Stored | Passed:
    (result,) = await session.front.tidings.submit([event])
    if isinstance(result, Exception):
        raise result
    return result


async def _push(session: Session, command: commands.Push) -> Pushed:
    if len(command.users) == 1:
        receipt = await session.front.tidings.push(command.users[0], command.notification)
        return Pushed(receipt.results)
    try:
        receipt = await session.front.tidings.push(command.users, command.notification)
    except PushFailed as failed:
        return Pushed({**failed.receipt.results, **failed.errors})
    return Pushed(receipt.results)


async def _from_pending(session: Session, command: commands.Subscribe, name: str) -> Subscribed:
    """Follow a user's channel from the moment at which its pending entries were read."""
    channel, wanted = command.channel, Filter(state="pending")
    try:
        page = await session.front.tidings.rows.page(channel, wanted, command.pending, None)
        position = await session.followed.follow(channel, page.position, name)
    except Unsupported:  # there is no store, or it keeps no log of this channel
        return Subscribed(channel, await session.followed.follow(channel, command.after, name))
    return Subscribed(channel, position, entries=page.entries[::-1], counts=page.counts)


async def _member(session: Session, command: commands.Subscribe) -> Member | None:
    """See that the client may hear a channel; return who it is to others who are on it."""
    channel, proven = command.channel, command.proven
    if proven is None:
        grant = await _may_hear(session, channel)
        if session.trusted or not channel.startswith("presence-"):
            return None  # a node of the application enters whom it speaks for
        return Member(own(session), grant.member or {})
    if proven.member is not None and proven.members is not None:
        await _need_place(session, channel, proven.member, proven.members)
    return proven.member


async def _need_place(session: Session, channel: str, member: Member, most: int) -> None:
    told = await session.front.tidings.presence.members(channel)
    # nothing is awaited from here on until the place is taken: no two take the last one
    present = {other.user for other in told} | set(session.front.seats.users(channel))
    if len(present) >= most and member.user not in present:
        session.front.counters.refuse("members", session.address)
        raise LimitExceeded(f"at most {most} users may be on this channel")


async def _may_hear(session: Session, channel: str) -> Grant:
    if channel != CONTROL_CHANNEL:
        return await need(session, channel, "subscribe")
    await need_admin(session)  # the application's own nodes, who have connections to cut off too
    return Grant()


async def _inbox_of(session: Session, user: str | None) -> str:
    user = own(session) if user is None else user
    await need(session, user_channel(user), "inbox")
    return user


def _need_room(session: Session, channels: int) -> None:
    limit = session.front.limits.subscriptions
    if channels > limit and not session.trusted:
        session.front.counters.refuse("subscriptions", session.address)
        raise LimitExceeded(f"at most {limit} channels at a time: unsubscribe from one")


def _fitting(session: Session, items: Sequence[Sized]) -> Sequence[Sized]:
    """Return as many of these as an answer has room for: one at least, and all, as a rule."""
    room = session.front.limits.outgoing
    for count, item in enumerate(items):
        room -= len(item.data)
        if room < 0 and count:
            return items[:count]
    return items


async def _take_seat(session: Session, channel: str, member: Member) -> None:
    await session.front.seats.take(channel, member)
    if session.ended:
        session.front.seats.leave(channel, member.user)
        raise Closed("the connection has ended")
    seat = (channel, member.user)
    session.seats[seat] = session.seats.get(seat, 0) + 1


def _stood_up(session: Session, channel: str, user: str) -> bool:
    """Count one seat less of this connection's; tell whether it had any."""
    seat = (channel, user)
    times = session.seats.pop(seat, 0)
    if times > 1:
        session.seats[seat] = times - 1
    return times > 0


def _unfollow(session: Session, channel: str, name: str) -> None:
    session.followed.leave(name)
    if session.trusted:  # whom it entered by itself are not it
        return
    for user in [user for where, user in session.seats if where == channel]:
        _stood_up(session, channel, user)
        session.front.seats.leave(channel, user)


READS: Mapping[type, Read] = {
    commands.Authenticate: authenticate,
    commands.SignIn: sign_in,
    commands.Subscribe: subscribe,
    commands.Unsubscribe: unsubscribe,
    commands.ReadPage: read_page,
    commands.ReadCounts: read_counts,
    commands.Recall: recall,
    commands.ReadHeads: read_heads,
    commands.ReadMembers: read_members,
    commands.Enter: enter,
    commands.Leave: leave,
    commands.Cancel: cancel,
    commands.Trim: trim,
    commands.Forget: forget,
    commands.Disconnect: disconnect,
    commands.ReadRevoked: read_revoked,
    commands.Ping: ping,
}
"""Commands that are answered before the next is looked at."""

LASTING = frozenset({commands.Cancel, commands.Trim, commands.Forget, commands.Disconnect})
"""Of these, those that come to their end even if the client goes."""

WRITES: Mapping[type, BeginWrite] = {
    commands.Publish: publish,
    commands.Mark: mark,
    commands.Push: push,
}
"""Commands that store something: once it is clear that they may, the rest waits for nobody."""
