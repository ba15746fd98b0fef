"""How much a store keeps, and for how long: the same settings for every store."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from tidings.errors import SettingsError

Span = timedelta | float | str
"""A span of time as people give it: a timedelta, seconds, or ISO 8601 (`P7D`)."""

_CENTURY = 3_155_760_000.0
_span: TypeAdapter[float | timedelta] = TypeAdapter(float | timedelta)


def _in_seconds(value: Any) -> float:
    try:
        span = _span.validate_python(value)
    except ValidationError:
        raise PydanticCustomError(
            "span", "use a number of seconds, a timedelta, or ISO 8601 such as 'P7D'"
        ) from None
    return span.total_seconds() if isinstance(span, timedelta) else span


Seconds = Annotated[
    float, BeforeValidator(_in_seconds), Field(gt=0, le=_CENTURY, allow_inf_nan=False)
]
"""A span of time as seconds; given as such, as a timedelta, or in ISO 8601 (`P7D`)."""


class Keeps(BaseModel):
    """How much a store keeps; times in seconds.

    log_count: the most events a channel's log holds. log_age: how long an event stays in the log.
    inbox_count: the most notifications in one inbox; the oldest give way. inbox_age: how long a
    notification stays in the inbox. remember: how long an id is known once its event is in neither.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    log_count: PositiveInt
    log_age: Seconds
    inbox_count: PositiveInt
    inbox_age: Seconds
    remember: Seconds

    @cached_property
    def shortest(self) -> float:
        """The least time, in seconds, after which anything is due by its age."""
        return min(self.log_age, self.inbox_age, self.remember)

    @classmethod
    def of(cls, store: str, **values: Any) -> Self:
        """Make it from what a store's constructor was given.

        Raises:
            SettingsError: a value that the setting cannot have; it names the store and the setting.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            wrong = error.errors()[0]
            raise SettingsError(f"{store}: {wrong['loc'][0]}: {wrong['msg']}") from None
