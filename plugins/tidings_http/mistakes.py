"""What is wrong with a request, in plain words that repeat no value of the client's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tidings_http.problems import Problem, malformed

_TOLD = 10
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_WORDS = {
    "should": "must",
    "a valid string": "text",
    "a valid boolean": "true or false",
    "a valid datetime or date": "a time",
    "a valid datetime": "a time",
    "a valid tuple": "an array",
    "a valid dictionary or object to extract fields from": "an object",
    "a valid dictionary": "an object",
    " or instance of Notification": "",
    " or instance of Payload": "",
    " or instance of Button": "",
}
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_type"}


def refused(error: Exception) -> Problem:
    """Return the problem that a framework's own refusal is."""
    if isinstance(error, Problem):
        return error
    assert isinstance(error, HTTPException)  # noqa: S101 (nothing else is brought here)
    status, headers = error.status_code, error.headers
    match status:
        case 404:
            words = "nothing is here: see /openapi.json"
        case 405:
            words = "this is not asked for by this method: see the header Allow"
        case 400:
            return malformed("the body cannot be read: send JSON")
        case _:
            words = str(error.detail)
    return Problem(status, _CODES.get(status, "malformed"), words, headers=headers)


def invalid(error: Exception) -> Problem:
    """Return the problem of a request whose fields or parameters are not as they must be."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 (as above)
    found = _first_hand(error.errors())
    if found[0]["type"] == "json_invalid":
        return malformed("the body is no JSON")
    errors = [_told(mistake) for mistake in islice(found, _TOLD)]
    first = errors[0]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return Problem(422, "invalid", f"{first['field']}: {first['detail']}{more}", errors=errors)


def _first_hand(found: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Leave out that a list is too short where that is only since what it has is wrong."""
    above = {tuple(mistake["loc"][:length]) for mistake in found for length in _above(mistake)}
    return [each for each in found if each["type"] != "too_short" or each["loc"] not in above]


def _above(mistake: Mapping[str, Any]) -> range:
    return range(1, len(mistake["loc"]))


def _told(mistake: Mapping[str, Any]) -> Mapping[str, str]:
    where, *path = mistake["loc"]
    unknown = mistake["type"] == "extra_forbidden"
    *above, last = path or ("",)
    steps = [str(step) if isinstance(step, int) else _shown(step) for step in (*above, last)]
    field = ".".join(step for step in (where, *steps) if step)
    if unknown:
        return {"field": field, "detail": f"there is no such {_kind(where)}"}
    return {"field": field, "detail": _words(mistake)}


def _kind(where: str) -> str:
    return "parameter" if where == "query" else "field"


def _shown(name: str) -> str:
    """Return what stands for a field that the client thought of: its name, if it looks like one."""
    return name if not name or _NAME.fullmatch(name) else "a field"


def _words(mistake: Mapping[str, Any]) -> str:
    match mistake["type"]:
        case "missing":
            return "is missing"
        case "timezone_aware":
            return "needs a time zone, as in 2030-01-31T09:00:00+01:00"
    words = str(mistake["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    for pydantics, ours in _WORDS.items():
        words = words.replace(pydantics, ours)
    return words[:1].lower() + words[1:]
