"""What arguments may be: user ids, spans of time, moments, buttons, JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf, nan
from typing import Any

import click

from tidings.names import user_channel

_SPAN = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+", re.ASCII)
_PART = re.compile(r"([\d.]+)([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Value(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """What one kind of argument may be: what its reader takes without a ValueError."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read an argument; the reader's words say what is wrong with it."""
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def user(text: str) -> str:
    """Return a user's id if it can be one."""
    user_channel(text)
    return text


def seconds(text: str | float) -> float:
    """Read how long something may take."""
    try:
        found = float(text)
    except (TypeError, ValueError):
        found = nan
    if not 0 < found < inf:
        raise ValueError(f"{text!r} is no time to wait: write seconds, more than 0, as 5 or 0.5")
    return found


def span(text: str) -> timedelta:
    """Read a span of time: `90s`, `1h30m`, `2w`."""
    if not _SPAN.fullmatch(text):
        raise ValueError(f"{text!r} is no span of time: write it as 90s, 15m, 1h30m, 7d or 2w")
    try:
        return timedelta(seconds=sum(float(n) * _SECONDS[unit] for n, unit in _PART.findall(text)))
    except OverflowError:
        raise ValueError(f"{text!r} is too long a span of time") from None


def moment(text: str) -> datetime:
    """Read a moment: in ISO 8601 with a time zone, or as a span from now."""
    if _SPAN.fullmatch(text):
        try:
            return datetime.now(UTC) + span(text)
        except OverflowError:
            raise ValueError(f"{text!r} from now lies beyond the calendar") from None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no moment: write 2030-01-31T09:00+01:00, or a span from now, as 2h"
        ) from None
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: write 2030-01-31T09:00+01:00, or end it in Z")
    return found


def button(text: str) -> dict[str, str]:
    """Read a button: `id=text`."""
    id, sign, shown = text.partition("=")  # noqa: A001
    if not sign:
        raise ValueError(f"{text!r} has no `=`: write the button's id, =, and its text")
    return {"id": id, "text": shown}


def json_value(text: str) -> Any:
    """Read any JSON."""
    from pydantic_core import from_json

    try:
        return from_json(text)
    except ValueError as error:
        raise ValueError(f"this is no JSON: {error}") from None


USER = Value("user", user)
SPAN = Value("span", span)
MOMENT = Value("when", moment)
BUTTON = Value("id=text", button)
JSON = Value("json", json_value)
