"""What is wrong with a request's fields, in plain words that repeat no value of the client's."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import ValidationError

from tidings import Button, Notification, Payload
from tidings.spelling import did_you_mean

_TOLD = 3
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_INSTANCE = re.compile(r" or instance of \w+")
_INNER: Mapping[str, Collection[str]] = {
    "notification": Notification.model_fields,
    "payload": Payload.model_fields,
    "buttons": Button.model_fields,
}


def told(error: ValidationError, fields: Collection[str]) -> str:
    """Return the first things that are wrong; `fields` are those that the request has."""
    found = error.errors(include_url=False, include_input=False)
    lines = [_line(mistake, fields) for mistake in islice(found, _TOLD)]
    if len(found) > _TOLD:
        lines.append(f"and {len(found) - _TOLD} more")
    return "; ".join(lines)


def unknown(kind: str, name: Any, known: Collection[str]) -> str:
    """Return that there is nothing of this name, and what may have been meant."""
    there_are = f": there are {', '.join(known)}" if known else ""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return f"there is no {kind} {name!r}" + (did_you_mean(name, known) or there_are)
    return f"there is no such {kind}" + there_are


def _line(mistake: Mapping[str, Any], fields: Collection[str]) -> str:
    *above, last = mistake["loc"] or ("",)
    match mistake["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return _at(above, unknown("field", last, _known(above, fields)))
        case "missing" | "missing_keyword_only_argument":
            return _at([*above, last], "is missing")
        case "timezone_aware":
            return _at([*above, last], "needs a time zone, as in 2030-01-31T09:00:00+01:00")
        case _:
            return _at([*above, last], _plain(mistake["msg"]))


def _at(path: Sequence[int | str], words: str) -> str:
    return f"{'.'.join(map(str, path))}: {words}" if path and path != [""] else words


def _known(above: Sequence[int | str], fields: Collection[str]) -> Collection[str]:
    """Return which fields there are where an unknown one stands."""
    inner = [step for step in above if isinstance(step, str)]
    return _INNER.get(inner[-1], ()) if inner else fields


def _plain(message: str) -> str:
    words = message.removeprefix("Value error, ").removeprefix("Input ")
    words = _INSTANCE.sub("", words).replace("dictionary", "object").replace("string", "text")
    return words[:1].lower() + words[1:]
