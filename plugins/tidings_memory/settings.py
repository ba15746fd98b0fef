"""How much the memory store keeps, and for how long."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any

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
    """What `MemoryStore` was told to keep; its docstring says what each means."""

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
