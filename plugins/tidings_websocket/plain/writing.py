"""The client's side, outwards: commands as the texts of requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from tidings.encoding import encode
from tidings_websocket import commands
from tidings_websocket.commands import Command, Request
from tidings_websocket.plain.parts import (
    Fields,
    array,
    moment,
    obj,
    position,
    quoted,
    ref,
    text,
    truth,
)
from tidings_websocket.plain.requests import CHANGES

_WORDS = {name: word for word, name in CHANGES.items()}


def write(request: Request) -> bytes:
    """Return the text of a request.

    Raises:
        InvalidData: a notification or a member's info is larger than 64 KiB, or no JSON.
        KeyError: it marks entries with a change that no client can make.
    """
    name, fields = _WRITERS[type(request.command)]
    return obj(request=quoted(name), id=ref(request.ref), **fields(request.command)).encode()


def _texts(texts: Iterable[str]) -> str:
    return array(map(quoted, texts))


def _authenticate(command: commands.Authenticate) -> Fields:
    return {"token": quoted(command.token), "after": position(command.after)}


def _subscribe(command: commands.Subscribe) -> Fields:
    return {"channel": quoted(command.channel), "after": position(command.after)}


def _channel(command: commands.Unsubscribe | commands.ReadMembers) -> Fields:
    return {"channel": quoted(command.channel)}


def _publish(command: commands.Publish) -> Fields:
    return {
        "channel": quoted(command.channel),
        "event": quoted(command.name),
        "data": command.data.decode(),
        "event_id": text(command.id),
        "echo": truth(command.echo),
    }


def _push(command: commands.Push) -> Fields:
    said = command.notification.to_json().decode()
    return {"users": _texts(command.users), "notification": said}


def _mark(command: commands.Mark) -> Fields:
    change = command.change
    return {
        "change": quoted(_WORDS[change.name]),
        "ids": None if change.through else _texts(change.ids),
        "through": position(change.through),
        "category": text(change.category) if change.through else None,
        "user": text(command.user),
        "event_id": text(command.id),
        "echo": truth(command.echo),
    }


def _page(command: commands.ReadPage) -> Fields:
    wanted, before = command.filter, command.before
    return {
        "user": text(command.user),
        "limit": str(command.limit),
        "before": str(before) if isinstance(before, int) else position(before),
        "state": text(wanted.state),
        "category": text(wanted.category),
        "since": moment(wanted.since),
        "ids": None if wanted.ids is None else _texts(wanted.ids),
    }


def _counts(command: commands.ReadCounts) -> Fields:
    return {"user": text(command.user)}


def _recall(command: commands.Recall) -> Fields:
    return {
        "channel": quoted(command.channel),
        "after": str(command.after),
        "limit": str(command.limit),
    }


def _heads(command: commands.ReadHeads) -> Fields:
    return {"channels": _texts(command.channels)}


def _enter(command: commands.Enter) -> Fields:
    member = command.member
    info = encode(member.info).decode()
    return {"channel": quoted(command.channel), "user": quoted(member.user), "info": info}


def _leave(command: commands.Leave) -> Fields:
    return {"channel": quoted(command.channel), "user": quoted(command.user)}


def _cancel(command: commands.Cancel) -> Fields:
    return {"notification": quoted(command.id)}


def _trim(command: commands.Trim) -> Fields:
    return {"channel": quoted(command.channel), "through": str(command.through)}


def _forget(command: commands.Forget) -> Fields:
    return {"user": quoted(command.user)}


def _disconnect(command: commands.Disconnect) -> Fields:
    return {
        "user": quoted(command.user),
        "revoke": truth(command.revoke),
        "not_before": moment(command.not_before),
    }


def _revoked(command: commands.ReadRevoked) -> Fields:
    return {"user": quoted(command.user)}


def _nothing(_: commands.Ping) -> Fields:
    return {}


_WRITERS = cast(
    "Mapping[type[Command], tuple[str, Callable[[Any], Fields]]]",
    {
        commands.Authenticate: ("authenticate", _authenticate),
        commands.Subscribe: ("subscribe", _subscribe),
        commands.Unsubscribe: ("unsubscribe", _channel),
        commands.Publish: ("publish", _publish),
        commands.Push: ("push", _push),
        commands.Mark: ("mark", _mark),
        commands.ReadPage: ("page", _page),
        commands.ReadCounts: ("counts", _counts),
        commands.Recall: ("recall", _recall),
        commands.ReadHeads: ("heads", _heads),
        commands.ReadMembers: ("members", _channel),
        commands.Enter: ("enter", _enter),
        commands.Leave: ("leave", _leave),
        commands.Cancel: ("cancel", _cancel),
        commands.Trim: ("trim", _trim),
        commands.Forget: ("forget", _forget),
        commands.Disconnect: ("disconnect", _disconnect),
        commands.ReadRevoked: ("revoked", _revoked),
        commands.Ping: ("ping", _nothing),
    },
)
