"""JSON text, taken apart without being written anew: what is passed on stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from json import JSONDecoder
from math import isfinite
from typing import Any, NamedTuple

from pydantic_core import from_json

_GAP = re.compile(r"[ \t\n\r]*")


class Piece(NamedTuple):
    """A value, and the text that it was read from."""

    value: Any
    raw: str


def check(text: str) -> None:
    """Accept JSON that every reader understands alike.

    `members` and `items` refuse the rest: names that stand twice in one object, and numbers
    that are none.

    Raises:
        ValueError: it is no JSON, nested more than 200 deep, or has half a surrogate pair.
    """
    from_json(text.encode(), allow_inf_nan=False, cache_strings="none")


def members(text: str) -> dict[str, Piece]:
    """Take an object apart: name to value.

    Raises:
        ValueError: it is no object, or not well formed.
    """
    found: dict[str, Piece] = {}
    at = _expected("{", text, 0)
    if text[at : at + 1] == "}":
        _end(text, at + 1)
        return found
    while True:
        name, at = _decoder.raw_decode(text, at)
        if not isinstance(name, str) or name in found:
            raise ValueError("a name in an object must be text, and stand there once")
        start = _expected(":", text, at)
        value, end = _decoder.raw_decode(text, start)
        found[name] = Piece(value, text[start:end])
        at = _gap(text, end)
        if text[at : at + 1] == "}":
            _end(text, at + 1)
            return found
        at = _expected(",", text, at)


def items(text: str) -> Sequence[str]:
    """Take an array apart: the text of each of its values.

    Raises:
        ValueError: it is no array, or not well formed.
    """
    return list(_items(text))


def _items(text: str) -> Iterator[str]:
    at = _expected("[", text, 0)
    if text[at : at + 1] == "]":
        return _end(text, at + 1)
    while True:
        _, end = _decoder.raw_decode(text, at)
        yield text[at:end]
        at = _gap(text, end)
        if text[at : at + 1] == "]":
            return _end(text, at + 1)
        at = _expected(",", text, at)


def _gap(text: str, at: int) -> int:
    """Return where the space ends that begins here."""
    found = _GAP.match(text, at)
    return found.end() if found else at


def _expected(mark: str, text: str, at: int) -> int:
    """Return where the next thing begins after a mark that must stand here."""
    at = _gap(text, at)
    if text[at : at + 1] != mark:
        raise ValueError(f"{mark!r} is missing at character {at + 1}")
    return _gap(text, at + 1)


def _end(text: str, at: int) -> None:
    at = _gap(text, at)
    if at != len(text):
        raise ValueError(f"nothing may stand behind it, at character {at + 1}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_number(_: str) -> float:
    raise ValueError("NaN and Infinity are no JSON")


_decoder = JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_number)
