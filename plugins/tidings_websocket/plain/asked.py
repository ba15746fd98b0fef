"""Reading what a client sent: a request, or plain words for what is wrong with it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from tidings_websocket.commands import Command, Request
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain.mistakes import told, unknown
from tidings_websocket.plain.pieces import Piece, check, members
from tidings_websocket.plain.requests import REQUESTS
from tidings_websocket.plain.terms import NUMBER_LIMIT

REF_LIMIT = 64
"""The most characters of a request's id."""

FIELDS: Mapping[str, Sequence[str]] = {
    name: tuple(inspect.signature(request).parameters) for name, request in REQUESTS.items()
}
"""The fields of each request, beside `request` and `id`."""


def request(text: str) -> Request:
    """Read a request.

    Raises:
        Malformed: it is none.
    """
    pieces = _pieces(text)
    ref = _ref(pieces.pop("id", None))
    try:
        return Request(ref, _command(pieces))
    except Malformed as error:
        error.ref = ref
        raise


def _pieces(text: str) -> dict[str, Piece]:
    try:
        check(text)
        return members(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"send one JSON object, in UTF-8, a message: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it has half a surrogate pair"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return str(error)


def _ref(piece: Piece | None) -> str | int:
    match piece and piece.value:
        case str(text) if 1 <= len(text) <= REF_LIMIT:
            return text
        case int(number) if type(number) is int and 0 <= number <= NUMBER_LIMIT:
            return number
    raise Malformed(
        f"id: must be text of 1 to {REF_LIMIT} characters or a number from 0 to 2**53, "
        "of your choice; the reply has it too"
    )


def _command(pieces: dict[str, Piece]) -> Command:
    name = pieces.pop("request", Piece(None, "")).value
    if not isinstance(name, str) or name not in REQUESTS:
        raise Malformed(f"request: {unknown('request', name, REQUESTS)}")
    try:
        return REQUESTS[name](**_fields(name, pieces))
    except ValidationError as error:
        raise Malformed(told(error, FIELDS[name])) from None


def _fields(name: str, pieces: Mapping[str, Piece]) -> dict[str, Any]:
    fields = {field: piece.value for field, piece in pieces.items()}
    if name == "publish" and "data" in fields:  # goes on as it came
        fields["data"] = pieces["data"].raw.encode()
    return fields
