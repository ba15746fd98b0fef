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
_NAME_LIMIT = 40
_NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{_NAME_LIMIT}}}")
_WORDS = {
    "should": "must",
    "a valid string": "text",
    "a valid boolean": "true or false",
    "a valid datetime or date": "a time",
    "a valid datetime": "a time",
    "a valid tuple": "an array",
    "a valid dictionary": "an object",
    " or instance of Notification": "",
    " or instance of Payload": "",
    " or instance of Button": "",
}
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
    """Return that there is nothing of this name, and what there is."""
    meant = did_you_mean(name[:_NAME_LIMIT], known) if isinstance(name, str) else ""
    there_are = f": there are {', '.join(known)}" if known else ""
    return f"there is no such {kind}" + (meant or there_are)


def _line(mistake: Mapping[str, Any], fields: Collection[str]) -> str:
    *above, last = mistake["loc"] or ("",)
    match mistake["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return _at([*above, _shown(last)], unknown("field", last, _known(above, fields)))
        case "missing" | "missing_keyword_only_argument":
            return _at([*above, last], "is missing")
        case "timezone_aware":
            return _at([*above, last], "needs a time zone, as in 2030-01-31T09:00:00+01:00")
        case _:
            return _at([*above, last], _plain(mistake["msg"]))


def _shown(name: str) -> str:
    """Return what stands for a field that the client thought of: its name, if it looks like one."""
    return name if _NAME.fullmatch(name) else "a field"


def _at(path: Sequence[int | str], words: str) -> str:
    where = ".".join(map(str, path))
    return f"{where}: {words}" if where else words


def _known(above: Sequence[int | str], fields: Collection[str]) -> Collection[str]:
    """Return which fields there are where an unknown one stands."""
    inner = [step for step in above if isinstance(step, str)]
    return _INNER.get(inner[-1], ()) if inner else fields


def _plain(message: str) -> str:
    words = message.removeprefix("Value error, ").removeprefix("Input ")
    for pydantics, ours in _WORDS.items():
        words = words.replace(pydantics, ours)
    return words[:1].lower() + words[1:]
