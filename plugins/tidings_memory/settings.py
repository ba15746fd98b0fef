"""How much the memory store keeps, and for how long."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, TypeAdapter

_span = TypeAdapter(timedelta)


def _in_seconds(value: Any) -> float:
    return _span.validate_python(value).total_seconds()


Seconds = Annotated[float, BeforeValidator(_in_seconds), Field(gt=0)]
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
