"""Replies: what a request is answered, each with the name that the client gave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from tidings import (
    Counts,
    Entry,
    Member,
    Page,
    Passed,
    Position,
    Recalled,
    Scheduled,
    Staged,
    Stored,
)
from tidings_websocket import commands
from tidings_websocket.commands import Answer, Command, Pushed, Ref, Subscribed, Welcome
from tidings_websocket.plain import codes, frames
from tidings_websocket.plain.parts import (
    Fields,
    array,
    counts,
    member,
    moment,
    obj,
    position,
    quoted,
    ref,
    table,
    text,
    truth,
)

Result = Stored | Scheduled | Staged | Passed


def reply(name: Ref, command: Command, answer: Answer) -> bytes:
    """Return the reply to a request that was carried out."""
    write = _WRITERS.get(type(command))
    fields = {} if write is None else write(answer)
    return obj(reply=ref(name), **fields).encode()


def refusal(name: Ref, error: Exception) -> bytes:
    """Return the reply to a request that was not."""
    return obj(reply=ref(name), error=_error(error)).encode()


def _error(error: Exception) -> str:
    return obj(code=quoted(codes.code(error)), message=quoted(codes.words(error)))


def _welcome(welcome: Welcome) -> Fields:
    return {
        "connection": quoted(welcome.connection),
        "user": text(welcome.user),
        "expires_at": moment(welcome.expires_at),
        "channel": text(welcome.channel),
        "position": position(welcome.position),
        "counts": counts(welcome.counts),
    }


def _subscribed(subscribed: Subscribed) -> Fields:
    present = subscribed.members
    return {
        "channel": quoted(subscribed.channel),
        "position": position(subscribed.position),
        "members": None if present is None else array(map(member, present)),
    }


def _result(result: Result | Exception) -> Fields:
    match result:
        case Stored():
            return {
                "state": '"stored"',
                "position": position(result.position),
                "counts": counts(result.counts),
                "duplicate": truth(result.duplicate),
            }
        case Scheduled():
            return {
                "state": '"scheduled"',
                "at": moment(result.at),
                "duplicate": truth(result.duplicate),
            }
        case Passed():
            return {"state": '"passed"'}
        case Exception():
            return {"state": '"failed"', "error": _error(result)}
        case _:
            raise TypeError(f"{type(result).__name__} is no answer to a client")


def _pushed(pushed: Pushed) -> Fields:
    results = pushed.results.items()
    return {"results": table((user, obj(**_result(result))) for user, result in results)}


def _page(page: Page) -> Fields:
    return {
        "entries": array(map(_entry, page.entries)),
        "counts": counts(page.counts),
        "position": position(page.position),
        "more": truth(page.more),
        "cursor": position(page.cursor),
    }


def _entry(entry: Entry) -> str:
    return obj(
        id=quoted(entry.id),
        offset=str(entry.offset),
        opened=truth(entry.opened),
        seen=truth(entry.seen),
        archived=truth(entry.archived),
        data=entry.data.decode(),
    )


def _counts(badge: Counts) -> Fields:
    return {"counts": counts(badge)}


def _recalled(recalled: Recalled) -> Fields:
    return {
        "events": array([frames.event(event).decode() for event in recalled.events]),
        "epoch": quoted(recalled.epoch),
        "first": str(recalled.first),
        "head": str(recalled.head),
    }


def _heads(heads: Mapping[str, Position]) -> Fields:
    return {"heads": table((channel, position(head)) for channel, head in heads.items())}


def _members(present: Sequence[Member]) -> Fields:
    return {"members": array(map(member, present))}


def _cancelled(users: int) -> Fields:
    return {"cancelled": str(users)}


def _revoked(not_before: datetime | None) -> Fields:
    return {"not_before": moment(not_before)}


_WRITERS = cast(
    "Mapping[type[Command], Callable[[Any], Fields]]",
    {
        commands.Authenticate: _welcome,
        commands.Subscribe: _subscribed,
        commands.Publish: _result,
        commands.Push: _pushed,
        commands.Mark: _result,
        commands.ReadPage: _page,
        commands.ReadCounts: _counts,
        commands.Recall: _recalled,
        commands.ReadHeads: _heads,
        commands.ReadMembers: _members,
        commands.Cancel: _cancelled,
        commands.ReadRevoked: _revoked,
    },
)
