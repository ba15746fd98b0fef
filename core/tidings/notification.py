"""What a person reads: the notification, its limits and its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)
from pydantic_core import core_schema, from_json

from tidings.encoding import DATA_LIMIT, encode
from tidings.errors import InvalidData
from tidings.ids import new_id

NOTIFICATION = "tidings:notification"
"""The name of the event that carries a notification."""


class Must:
    """Puts a rule's own words in place of the words for whichever constraint was broken."""

    def __init__(self, rule: str) -> None:
        self._rule = rule

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.custom_error_schema(
            handler(source), "rule", custom_error_message=f"must be {self._rule}"
        )


_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
_LINES = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"


def _line(least: int, most: int) -> Any:
    rule = Must(f"one line of {least} to {most:,} characters, none of them a control character")
    return Field(min_length=least, max_length=most, pattern=_ONE_LINE), rule


def _as_json(value: Any) -> Any:
    """Read the value back from its JSON: as others will see it, and out of its maker's reach."""
    return None if value is None else from_json(encode(value))


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment lies beyond the years 1 to 9999") from None


def _id_text(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


Id = Annotated[
    str,
    Field(min_length=1, max_length=128, pattern="^[!-~]+$"),
    Must("1 to 128 visible ASCII characters, as a UUID's are"),
    BeforeValidator(_id_text),
]
Link = Annotated[str, *_line(1, 2000)]
Json = Annotated[Any, AfterValidator(_as_json)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,  # importing tidings does not pay for it
    )


class Payload(_Model):
    """What the application's own code gets with a notification.

    path: where in the application to go, at most 2,000 characters. data: any JSON.
    auth: whether the place wants a signed-in user.
    """

    path: Link | None = None
    data: Json = None
    auth: bool = False


class Button(_Model):
    """A button under a notification: `id` is what the application hears when it is pressed."""

    id: Id
    text: Annotated[str, *_line(1, 80)]
    icon: Link | None = None


class Notification(_Model):
    """One notification, the same for every user it is pushed to. Frozen.

    The id is the idempotency key: pushing the same notification to a user again adds nothing,
    and pushing other content under its id is a `Conflict`. Without one, a UUIDv7 is made.
    `created_at` is no part of the content.

    Raises:
        pydantic.ValidationError: a field is beyond its limit, a time has no zone, a text has
            control characters, or the data is no JSON.

    Example:
        >>> Notification(id="b7", heading="Build passed").to_json(by_alias=True)[:38]
        b'{"id":"b7","heading":"Build passed","c'
    """

    id: Id = Field(default_factory=new_id)
    heading: Annotated[str, *_line(1, 200)]
    content: Annotated[
        str,
        Field(max_length=4000, pattern=_LINES),
        Must("at most 4,000 characters, none of them a control character but tab and line feed"),
    ] = ""
    payload: Payload | None = None
    image_url: Link | None = Field(default=None, alias="imageUrl")
    buttons: Annotated[tuple[Button, ...], Field(max_length=5)] = ()
    category: Annotated[str, *_line(1, 64)] | None = None
    data: Json = None
    send_after: Moment | None = Field(default=None, alias="sendAfter")
    expires_at: Moment | None = Field(default=None, alias="expiresAt")
    created_at: Moment = Field(default_factory=lambda: datetime.now(UTC), alias="createdAt")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len({button.id for button in self.buttons}) < len(self.buttons):
            raise ValueError("two buttons have the same id: give each its own")
        if self.send_after and self.expires_at and self.expires_at <= self.send_after:
            raise ValueError("expires_at is not after send_after: nobody would see it")
        return self

    def to_json(self, *, by_alias: bool = False) -> bytes:
        """Return the notification as JSON in UTF-8, without the fields that are None.

        Args:
            by_alias: write camelCase names (`imageUrl`), as JavaScript and Dart like them.

        Raises:
            InvalidData: it is over 64 KiB as JSON.
        """
        text = self.__pydantic_serializer__.to_json(self, by_alias=by_alias, exclude_none=True)
        if len(text) > DATA_LIMIT:
            raise InvalidData(
                f"notification {self.id!r} is {len(text):,} bytes of JSON, over {DATA_LIMIT:,}: "
                "put a link into it rather than the thing itself"
            )
        return text

    @classmethod
    def from_json(cls, text: bytes | str) -> Self:
        """Read a notification from JSON, in snake_case or camelCase.

        Raises:
            pydantic.ValidationError: it is no JSON, or not a valid notification.
        """
        return cls.model_validate_json(text)


def same_content(one: bytes, other: bytes) -> bool:
    """Tell whether two notifications, as JSON, say the same; when they were made is no matter."""
    return one == other or content_digest(one) == content_digest(other)


def content_digest(text: bytes) -> bytes:
    """Return 16 bytes that stand for what a notification says once its content may be gone."""
    content: Mapping[str, Any] = from_json(text)
    said = {key: value for key, value in content.items() if key != "created_at"}
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).digest()
