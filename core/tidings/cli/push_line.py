"""One line of a file of notifications: who gets what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from tidings.cli.field_errors import field_errors
from tidings.cli.lines import LINE_LIMIT
from tidings.errors import InvalidData
from tidings.names import user_channel
from tidings.notification import Notification


class PushLine(NamedTuple):
    """A notification, and the users it goes to."""

    users: Sequence[str]
    notification: Notification


def read_push_line(text: bytes | None) -> PushLine:
    """Read `{"to": "ann" or ["ann", ...], ...the notification's fields}`.

    Raises:
        InvalidData: it is none; the error says why.
    """
    if text is None:
        raise InvalidData(f"is longer than {LINE_LIMIT:,} bytes")
    fields = _object(text)
    if "to" not in fields:
        raise InvalidData("to: is missing; name a user, or a list of them")
    users = _users(fields.pop("to"))
    try:
        return PushLine(users, Notification.model_validate(fields))
    except ValidationError as error:
        raise InvalidData("; ".join(map(str, field_errors(error)))) from None


def _object(text: bytes) -> dict[str, Any]:
    try:
        fields = from_json(text)
    except ValueError as error:
        where = re.sub(r" at line \d+ column", " at column", str(error))
        raise InvalidData(f"is no JSON: {where}") from None
    if not isinstance(fields, dict):
        raise InvalidData('must be an object: {"to": ..., "heading": ...}')
    return fields


def _users(to: Any) -> list[str]:
    users = to if isinstance(to, list) else [to]
    if not users:
        raise InvalidData("to: names nobody")
    for user in users:
        try:
            user_channel(user)
        except ValueError as error:
            raise InvalidData(f"to: {error}") from None
    return list(dict.fromkeys(users))
