"""What the fields of requests must be, and the words for those that are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainValidator,
    StrictInt,
    StrictStr,
)
from pydantic_core import PydanticCustomError

from tidings import InvalidData, InvalidName, Position, user_channel
from tidings.changes import IDS_LIMIT
from tidings.encoding import DATA_LIMIT, encode
from tidings.names import CONTROL_CHANNEL, check_channel, check_event_name
from tidings.notification import Must

CHANNELS_LIMIT = 1_000
"""The most channels that one `heads` may name."""

USERS_LIMIT = 1_000
"""The most users that one `push` may name."""

ENTRIES_LIMIT = 1_000
"""The most entries or events that one answer has."""

NUMBER_LIMIT = 2**53
"""Numbers up to this are the same for every reader of JSON (RFC 8259, section 6)."""

TOKEN_LIMIT = 8 * 1024
"""The most characters of a token."""

_EPOCH = re.compile(r"[!-~]{0,64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", re.ASCII)
_NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*$"


def _named(check: Callable[[str], object], rule: str) -> AfterValidator:
    """Check a name, in words that do not repeat it."""

    def checked(name: str) -> str:
        try:
            check(name)
        except InvalidName:
            raise PydanticCustomError("name", "must be {rule}", {"rule": rule}) from None
        return name

    return AfterValidator(checked)


def _check_heard(name: str) -> object:
    return name == CONTROL_CHANNEL or check_channel(name)


def _info(value: dict[str, Any]) -> dict[str, Any]:
    try:
        encode(value)
    except InvalidData:
        raise PydanticCustomError("size", "must be at most 64 KiB of JSON") from None
    return value


def _written(value: Any) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise PydanticCustomError("moment", "must be text, as 2030-01-31T09:00:00+01:00")
    return value


def _whole(value: Any) -> bool:
    return type(value) is int and 0 <= value <= NUMBER_LIMIT


def _before(value: Any) -> Position | int:
    return value if _whole(value) else _position(value)


def _position(value: Any) -> Position:
    match value:
        case {"epoch": str(epoch), "offset": int(offset)} if len(value) == 2:  # noqa: PLR2004
            if _EPOCH.fullmatch(epoch) and _whole(offset):
                return Position(epoch, offset)
    raise PydanticCustomError(
        "position", 'must be a position as the server gave it: {"epoch": ..., "offset": ...}'
    )


def _several(most: int, what: str, rule: str) -> Any:
    return (
        Field(min_length=1, max_length=most, strict=False),
        Must(f"1 to {most:,} {what}, each of {rule}"),
    )


_CHANNEL = "1 to 164 characters of A-Z a-z 0-9 _ - = @ , . ;"
_USER = "1 to 150 characters of A-Z a-z 0-9 _ - = @ , . ; or up to 110 bytes of other text"

Channel = Annotated[StrictStr, _named(check_channel, _CHANNEL)]
Heard = Annotated[StrictStr, _named(_check_heard, _CHANNEL)]
Channels = Annotated[tuple[Channel, ...], *_several(CHANNELS_LIMIT, "channels", _CHANNEL)]
User = Annotated[StrictStr, _named(user_channel, _USER)]
Users = Annotated[tuple[User, ...], *_several(USERS_LIMIT, "users", _USER)]
_Known = Annotated[StrictStr, Field(min_length=1, max_length=128, pattern=_NO_CONTROLS)]
Ids = Annotated[
    tuple[_Known, ...],
    *_several(IDS_LIMIT, "ids", "1 to 128 characters, none of them a control character"),
]
EventName = Annotated[
    StrictStr,
    _named(
        check_event_name,
        "1 to 200 characters, none of them a control character, and not begin with tidings:, "
        "pusher: or pusher_internal:",
    ),
]
Category = Annotated[
    StrictStr,
    Field(min_length=1, max_length=64, pattern=_NO_CONTROLS),
    Must("1 to 64 characters, none of them a control character"),
]
Token = Annotated[
    StrictStr,
    Field(min_length=1, max_length=TOKEN_LIMIT),
    Must(f"text of 1 to {TOKEN_LIMIT:,} characters"),
]
Offset = Annotated[StrictInt, Field(ge=0, le=NUMBER_LIMIT), Must("a whole number from 0 to 2**53")]
Limit = Annotated[
    StrictInt, Field(ge=1, le=ENTRIES_LIMIT), Must(f"a whole number from 1 to {ENTRIES_LIMIT:,}")
]
Place = Annotated[Position, PlainValidator(_position)]
Before = Annotated[Position | int, PlainValidator(_before)]
Data = Annotated[bytes, Field(max_length=DATA_LIMIT), Must("at most 64 KiB of JSON")]
Info = Annotated[dict[str, Any], AfterValidator(_info)]
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written)]
