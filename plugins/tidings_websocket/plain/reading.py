"""The client's side, inwards: the server's frames as what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tidings import Counts, Event, Lagged, Position, Reset, TidingsError
from tidings_websocket.commands import Ref, Welcome
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain import codes
from tidings_websocket.plain.frames import LAGGED, RESET, WELCOME
from tidings_websocket.plain.pieces import Piece, members

Pieces = Mapping[str, Piece]


class Echo(NamedTuple):
    """Where an event of this connection's own now stands."""

    channel: str
    id: str
    position: Position | None = None
    counts: Counts | None = None


class Reply(NamedTuple):
    """What a request was answered; `replies.read` makes the command's answer of its pieces."""

    ref: Ref
    pieces: Pieces


class Refused(NamedTuple):
    """Why a request was not carried out; without a name where the server could read none."""

    ref: Ref
    error: TidingsError


Frame = Event | Reset | Lagged | Echo | Welcome | Reply | Refused


def read(text: str) -> Frame:
    """Read a frame.

    Raises:
        Malformed: it is none of this language.
    """
    try:
        pieces = members(text)
        if "reply" in pieces:
            return _reply(pieces)
        if "event" not in pieces:
            return Echo(**_heading(pieces))
        return _SPECIAL.get(pieces["event"].value, event)(pieces)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Malformed(f"the server sent what is no frame: {type(error).__name__}") from None


def event(pieces: Pieces) -> Event:
    """Return an event; its data stays the text it is."""
    return Event(
        name=textual(pieces["event"]), data=pieces["data"].raw.encode(), **_heading(pieces)
    )


def textual(piece: Piece) -> str:
    """Return a value that must be text."""
    if not isinstance(piece.value, str):
        raise TypeError("no text")
    return piece.value


def whole(value: Any) -> int:
    """Return a value that must be a whole number."""
    if type(value) is not int:
        raise TypeError("no whole number")
    return value


def position(piece: Piece | None) -> Position | None:
    """Return a position, or None where there is none."""
    return None if piece is None else place(piece.value)


def place(value: Any) -> Position:
    """Return a value that must be a position."""
    if not isinstance(value["epoch"], str):
        raise TypeError("no epoch")
    return Position(value["epoch"], whole(value["offset"]))


def counts(piece: Piece | None) -> Counts | None:
    """Return counts, or None where there are none."""
    return None if piece is None else badge(piece.value)


def badge(value: Any) -> Counts:
    """Return a value that must be counts."""
    return Counts(whole(value["pending"]), whole(value["unseen"]))


def moment(value: Any) -> datetime | None:
    """Return a time, or None where there is none."""
    return None if value is None else datetime.fromisoformat(value)


def welcomed(data: Mapping[str, Any], pieces: Pieces) -> Welcome:
    """Return who the server takes this connection for."""
    return Welcome(
        data["connection"],
        data.get("user"),
        textual(pieces["channel"]) if "channel" in pieces else None,
        position(pieces.get("position")),
        counts(pieces.get("counts")),
        moment(data.get("expires_at")),
    )


def failure(value: Mapping[str, Any]) -> TidingsError:
    """Return the error that a refusal speaks of."""
    return codes.error(value["code"], value["message"])


def _heading(pieces: Pieces) -> dict[str, Any]:
    return {
        "channel": textual(pieces["channel"]),
        "id": textual(pieces["id"]),
        "position": position(pieces.get("position")),
        "counts": counts(pieces.get("counts")),
    }


def _reply(pieces: Pieces) -> Reply | Refused:
    ref = pieces["reply"].value
    if not isinstance(ref, str | int | None):
        raise TypeError("no name of a request")
    if "error" in pieces:
        return Refused(ref, failure(pieces["error"].value))
    return Reply(ref, pieces)


def _reset(pieces: Pieces) -> Reset:
    where = place(pieces["position"].value)
    return Reset(textual(pieces["channel"]), where, pieces["data"].value["reason"])


def _lagged(pieces: Pieces) -> Lagged:
    return Lagged(textual(pieces["channel"]), whole(pieces["data"].value["missed"]))


def _welcome(pieces: Pieces) -> Welcome:
    return welcomed(pieces["data"].value, pieces)


_SPECIAL: Mapping[str, Callable[[Pieces], Frame]] = {
    RESET: _reset,
    LAGGED: _lagged,
    WELCOME: _welcome,
}
