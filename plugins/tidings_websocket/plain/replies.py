"""The client's side, inwards: a reply as the answer of the command that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast

from tidings import Counts, Entry, Member, Page, Passed, Position, Recalled, Scheduled, Stored
from tidings_websocket import commands
from tidings_websocket.commands import Answer, Command, Pushed, Subscribed, Welcome
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain.pieces import items, members
from tidings_websocket.plain.reading import (
    Pieces,
    Reply,
    badge,
    counts,
    event,
    failure,
    moment,
    place,
    position,
    textual,
    welcomed,
    whole,
)


def answer(command: Command, reply: Reply) -> Answer:
    """Read what a command was answered.

    Raises:
        Malformed: it is no answer to this command.
    """
    read = _READERS.get(type(command))
    if read is None:
        return None
    try:
        return read(reply.pieces)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Malformed(f"the server sent what is no answer: {type(error).__name__}") from None


def _welcome(pieces: Pieces) -> Welcome:
    data = {
        name: pieces[name].value for name in ("connection", "user", "expires_at") if name in pieces
    }
    return welcomed(data, pieces)


def _subscribed(pieces: Pieces) -> Subscribed:
    present = _members(pieces) if "members" in pieces else None
    return Subscribed(textual(pieces["channel"]), position(pieces.get("position")), present)


def _result(pieces: Pieces) -> Stored | Scheduled | Passed | Exception:
    match pieces["state"].value:
        case "stored":
            duplicate = pieces["duplicate"].value is True
            where = place(pieces["position"].value)
            return Stored(where, counts(pieces.get("counts")), duplicate)
        case "scheduled":
            at = datetime.fromisoformat(pieces["at"].value)
            return Scheduled(at, pieces["duplicate"].value is True)
        case "passed":
            return Passed()
        case "failed":
            return failure(pieces["error"].value)
    raise ValueError("no such state")


def _pushed(pieces: Pieces) -> Pushed:
    results = members(pieces["results"].raw)
    return Pushed({user: _result(members(piece.raw)) for user, piece in results.items()})


def _page(pieces: Pieces) -> Page:
    entries = [_entry(members(entry)) for entry in items(pieces["entries"].raw)]
    where = place(pieces["position"].value)
    return Page(entries, badge(pieces["counts"].value), where, pieces["more"].value is True)


def _entry(pieces: Pieces) -> Entry:
    return Entry(
        textual(pieces["id"]),
        whole(pieces["offset"].value),
        pieces["data"].raw.encode(),
        opened=pieces["opened"].value is True,
        seen=pieces["seen"].value is True,
        archived=pieces["archived"].value is True,
    )


def _counts(pieces: Pieces) -> Counts:
    return badge(pieces["counts"].value)


def _recalled(pieces: Pieces) -> Recalled:
    return Recalled(
        [event(members(raw)) for raw in items(pieces["events"].raw)],
        textual(pieces["epoch"]),
        whole(pieces["first"].value),
        whole(pieces["head"].value),
    )


def _heads(pieces: Pieces) -> dict[str, Position]:
    return {channel: place(value) for channel, value in pieces["heads"].value.items()}


def _members(pieces: Pieces) -> list[Member]:
    return [Member(value["user"], value["info"]) for value in pieces["members"].value]


def _cancelled(pieces: Pieces) -> int:
    return whole(pieces["cancelled"].value)


def _revoked(pieces: Pieces) -> datetime | None:
    return moment(pieces["not_before"].value) if "not_before" in pieces else None


_READERS = cast(
    "Mapping[type[Command], Callable[[Pieces], Answer]]",
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
