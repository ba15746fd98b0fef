"""JSON text, taken apart without being written anew: what is passed on stays as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from json import JSONDecoder
from math import isfinite
from typing import Any, NamedTuple

from pydantic_core import from_json

_SPACE = r"[ \t\n\r]*"
_NAME = re.compile(rf'{_SPACE}("(?:[^"\\\x00-\x1f]|\\.)*"){_SPACE}:{_SPACE}')
_NEXT = re.compile(rf"{_SPACE}([,\]}}]){_SPACE}")
_TWICE = "a name stands twice in one object"
_OBJECT, _ARRAY = re.compile(rf"{_SPACE}\{{{_SPACE}"), re.compile(rf"{_SPACE}\[{_SPACE}")


class Piece(NamedTuple):
    """A value, and the text that it was read from."""

    value: Any
    raw: str


def values(text: str) -> dict[str, Any]:
    """Read an object from a stranger, if every reader of JSON would understand it alike.

    Raises:
        ValueError: it is no JSON, no object, nested more than 200 deep, has half a surrogate
            pair, a name twice in one object, or a number that is too large.
    """
    from_json(text.encode(), allow_inf_nan=False, cache_strings="none")
    found = _decoder.decode(text)
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 (it is a value, for its sender)
    return found


def members(text: str) -> dict[str, Piece]:
    """Take an object apart: name to value.

    Raises:
        ValueError: it is no object, or not well formed.
    """
    at = _begun(_OBJECT, text)
    if text.startswith("}", at):
        _next(text, at, "}")
        return {}
    found: dict[str, Piece] = {}
    while True:
        name, at = _name(text, at)
        if name in found:
            raise ValueError(_TWICE)
        value, end = _decoder.raw_decode(text, at)
        found[name] = Piece(value, text[at:end])
        at, last = _next(text, end, "}")
        if last:
            return found


def items(text: str) -> Sequence[str]:
    """Take an array apart: the text of each of its values.

    Raises:
        ValueError: it is no array, or not well formed.
    """
    at = _begun(_ARRAY, text)
    if text.startswith("]", at):
        _next(text, at, "]")
        return []
    found = []
    while True:
        _, end = _decoder.raw_decode(text, at)
        found.append(text[at:end])
        at, last = _next(text, end, "]")
        if last:
            return found


def _begun(opening: re.Pattern[str], text: str) -> int:
    found = opening.match(text)
    if found is None:
        raise ValueError("it begins otherwise")
    return found.end()


def _name(text: str, at: int) -> tuple[str, int]:
    """Return the name that stands here, and where its value begins."""
    found = _NAME.match(text, at)
    if found is None:
        raise ValueError(f"a name is missing at character {at + 1}")
    quoted = found[1]
    return (_decoder.decode(quoted) if "\\" in quoted else quoted[1:-1]), found.end()


def _next(text: str, at: int, closing: str) -> tuple[int, bool]:
    """Return where the next thing begins, and whether there is none: the end was here."""
    found = _NEXT.match(text, at)
    if found is None or (found[1] != "," and (found[1] != closing or found.end() != len(text))):
        raise ValueError(f"a comma or {closing} is missing at character {at + 1}")
    return found.end(), found[1] == closing


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(_TWICE)
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_number(_: str) -> float:
    raise ValueError("NaN and Infinity are no JSON")


_decoder = JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_number)
