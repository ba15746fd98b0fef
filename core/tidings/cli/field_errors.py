"""What a notification's fields lack, in the words of whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from tidings.notification import Button, Notification, Payload
from tidings.spelling import did_you_mean

_INNER: dict[str, type[BaseModel]] = {"payload": Payload, "buttons": Button}
_NO_ZONE = "needs a time zone, as in 2030-01-31T09:00+01:00"


class FieldError(NamedTuple):
    """A field, as its path (`buttons.0.text`; empty for the whole), and what is wrong with it."""

    field: str
    words: str

    def __str__(self) -> str:
        return f"{self.field}: {self.words}" if self.field else self.words


def field_errors(error: ValidationError) -> Iterator[FieldError]:
    """Go through what is wrong with a notification; its fields' values are not quoted."""
    for found in error.errors(include_url=False, include_input=False):
        path = [str(part) for part in found["loc"]]
        match found["type"]:
            case "extra_forbidden":
                words = f"there is no such field{did_you_mean(path[-1], _known(path))}"
            case "missing":
                words = "is missing"
            case "timezone_aware":
                words = _NO_ZONE
            case _:
                words = _plain(found["msg"])
        yield FieldError(".".join(path), words)


def _known(path: list[str]) -> list[str]:
    """Return the fields there are where this one would stand."""
    model = Notification if len(path) == 1 else _INNER.get(path[0], Notification)
    names = list(model.model_fields)
    return [*names, "to"] if len(path) == 1 else names


def _plain(message: str) -> str:
    words = message.removeprefix("Value error, ").removeprefix("Input ")
    return words[:1].lower() + words[1:]
