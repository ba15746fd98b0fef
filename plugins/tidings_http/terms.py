"""What the fields of requests must be, and the words for those that are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictStr,
)
from pydantic_core import PydanticCustomError

from tidings import InvalidName, Position, user_channel
from tidings.changes import IDS_LIMIT
from tidings.names import check_channel, check_event_name
from tidings.notification import Must
from tidings_http.problems import malformed

BATCH = 1_000
"""The most users, events or channels that one request may name, and entries that it may ask for."""

NUMBER_LIMIT = 2**53
"""Numbers up to this are the same for every reader of JSON (RFC 8259, section 6)."""

CURSOR = r"([!-~]{1,64}:)?[0-9]{1,16}"
"""A cursor, or a place to go on from: EPOCH:OFFSET, or an offset alone."""

_CURSOR = re.compile(CURSOR)
_EPOCH = re.compile(r"[!-~]{0,64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", re.ASCII)
_NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*$"


class Asked(BaseModel):
    """What a request says; fields and parameters that are not known are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class NoQuery(Asked):
    """The query of a request that takes none."""


def _named(check: Callable[[str], object], rule: str) -> AfterValidator:
    """Check a name, in words that do not repeat it."""

    def checked(name: str) -> str:
        try:
            check(name)
        except InvalidName:
            raise PydanticCustomError("name", "must be {rule}", {"rule": rule}) from None
        return name

    return AfterValidator(checked)


def written(value: Any, name: str = "") -> Any:
    """Return a time that is written as RFC 3339 has it.

    Raises:
        PydanticCustomError: it is a number, or written otherwise.
    """
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        rule = "must be text, as 2030-01-31T09:00:00+01:00"
        raise PydanticCustomError("moment", "{name}{rule}", {"name": name, "rule": rule})
    return value


def _several(most: int, what: str, rule: str) -> Any:
    return Field(min_length=1, max_length=most), Must(f"1 to {most:,} {what}, each of {rule}")


_CHANNEL = "1 to 164 characters of A-Z a-z 0-9 _ - = @ , . ;"
_USER = "1 to 150 characters of A-Z a-z 0-9 _ - = @ , . ; or up to 110 bytes of other text"
_NAME = Field(min_length=1, max_length=164, pattern=r"^[A-Za-z0-9_\-=@,.;]+$")

Channel = Annotated[StrictStr, _NAME, _named(check_channel, _CHANNEL)]
User = Annotated[StrictStr, Field(min_length=1, max_length=150), _named(user_channel, _USER)]
Users = Annotated[tuple[User, ...], *_several(BATCH, "users", _USER)]
Known = Annotated[StrictStr, Field(min_length=1, max_length=128, pattern=_NO_CONTROLS)]
Ids = Annotated[
    tuple[Known, ...],
    *_several(IDS_LIMIT, "ids", "1 to 128 characters, none of them a control character"),
]
Name = Annotated[StrictStr, Field(min_length=1, max_length=200, pattern=_NO_CONTROLS)]
EventName = Annotated[
    StrictStr,
    Field(min_length=1, max_length=200, pattern=_NO_CONTROLS),
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
Moment = Annotated[AwareDatetime, BeforeValidator(written)]


class Place(Asked):
    """A position: a place in a channel's log."""

    epoch: Annotated[StrictStr, Field(max_length=64, pattern="^[!-~]*$")]
    offset: Annotated[int, Field(ge=0, le=NUMBER_LIMIT, strict=True)]

    @property
    def position(self) -> Position:
        """As the core has it."""
        return Position(self.epoch, self.offset)


def cursor(text: str, name: str) -> Position | int:
    """Read a cursor, or another place, as EPOCH:OFFSET or as an offset alone.

    Raises:
        Problem: it is none.
    """
    epoch, colon, offset = text.rpartition(":")
    if not _CURSOR.fullmatch(text) or int(offset) > NUMBER_LIMIT:
        raise malformed(f"{name}: no place in a log: give it as the server gave it, EPOCH:OFFSET")
    return Position(epoch, int(offset)) if colon else int(offset)


def place(text: str, name: str) -> Position:
    """Read a place with its epoch; raises as `cursor` does."""
    found = cursor(text, name)
    if isinstance(found, int):
        raise malformed(f"{name}: the epoch is missing: give it as EPOCH:OFFSET")
    return found
