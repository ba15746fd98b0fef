"""JSON text, gone through once: what is passed on stays as it was written, to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_decode = JSONDecoder().raw_decode


class Reader:
    """A place in a text, from which values are taken one after another.

    Whoever goes through `members` or `items` takes the value of each, by any of the methods,
    before the next. All methods raise `ValueError` where the text is otherwise.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value(self) -> Any:
        """Take a value."""
        found, self._at = _decode(self._text, self._skipped())
        return found

    def raw(self) -> bytes:
        """Take a value as the text that it is."""
        start = self._skipped()
        _, self._at = _decode(self._text, start)
        return self._text[start : self._at].encode()

    def members(self) -> Iterator[str]:
        """Go through the names of an object."""
        for _ in self._each("{", "}"):
            name = self.value()
            if not isinstance(name, str) or not self._taken(":"):
                raise ValueError(f"a name and a colon are missing before character {self._at}")
            yield name

    def items(self) -> Iterator[None]:
        """Go through an array."""
        yield from self._each("[", "]")

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self._skipped() != len(self._text):
            raise ValueError(f"something follows at character {self._at}")

    def _each(self, opening: str, closing: str) -> Iterator[None]:
        if not self._taken(opening):
            raise ValueError(f"{opening} is missing at character {self._at}")
        if self._taken(closing):
            return
        yield
        while self._taken(","):
            yield
        if not self._taken(closing):
            raise ValueError(f"{closing} is missing at character {self._at}")

    def _taken(self, sign: str) -> bool:
        at = self._skipped()
        if not self._text.startswith(sign, at):
            return False
        self._at = at + 1
        return True

    def _skipped(self) -> int:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at
