"""Reading what a request's body says; fields that are not known are left out of account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from tidings_pusher.server.http_api.refusals import malformed


def json_object(body: bytes) -> Mapping[str, Any]:
    """Return what a body says; libraries send JSON by various content types.

    Raises:
        Refused: it is no JSON object.
    """
    try:
        fields = from_json(body)
    except ValueError:
        raise malformed("the body is no JSON") from None
    return mapping(fields, "the body")


def mapping(value: object, name: str) -> Mapping[str, Any]:
    """Return a value that is to be an object.

    Raises:
        Refused: it is something else.
    """
    if not isinstance(value, dict):
        raise malformed(f"{name} is to be a JSON object")
    return value


def text(fields: Mapping[str, Any], name: str) -> str:
    """Return a field that is to be text.

    Raises:
        Refused: it is missing, or something else.
    """
    value = fields.get(name)
    if not isinstance(value, str):
        raise malformed(f"{name} is required, and is to be text")
    return value


def listed(fields: Mapping[str, Any], name: str, most: int) -> list[Any]:
    """Return a field that is to be a list.

    Raises:
        Refused: it is missing, something else, or has more than `most` members.
    """
    value = fields.get(name)
    if not isinstance(value, list):
        raise malformed(f"{name} is required, and is to be a list")
    if len(value) > most:
        raise malformed(f"{name} has more than {most} members")
    return value
