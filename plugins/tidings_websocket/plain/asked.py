"""Reading what a client sent: a request, or plain words for what is wrong with it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from tidings_websocket.commands import Command, Request
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain.mistakes import told, unknown
from tidings_websocket.plain.pieces import members, values
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
    fields = _fields(text)
    ref = _ref(fields.pop("id", None))
    try:
        return Request(ref, _command(fields, text))
    except Malformed as error:
        error.ref = ref
        raise


def _fields(text: str) -> dict[str, Any]:
    try:
        return values(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"send one JSON object, in UTF-8, a message: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it has half a surrogate pair"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return str(error)


def _ref(value: Any) -> str | int:
    if isinstance(value, str) and 1 <= len(value) <= REF_LIMIT:
        return value
    if type(value) is int and 0 <= value <= NUMBER_LIMIT:
        return value
    raise Malformed(
        f"id: must be text of 1 to {REF_LIMIT} characters or a number from 0 to 2**53, "
        "of your choice; the reply has it too"
    )


def _command(fields: dict[str, Any], text: str) -> Command:
    name = fields.pop("request", None)
    if not isinstance(name, str) or name not in REQUESTS:
        raise Malformed(f"request: {unknown('request', name, REQUESTS)}")
    if name == "publish" and "data" in fields:  # goes on as it came
        fields["data"] = members(text)["data"].raw.encode()
    try:
        return REQUESTS[name](**fields)
    except ValidationError as error:
        raise Malformed(told(error, FIELDS[name])) from None
