"""Texts in parts that a notification of PostgreSQL has room for."""

from __future__ import annotations

from collections.abc import Sequence

_SIZE = 7_900  # of 7,999 bytes, with room for what a part begins with


def parts(node: str, text: str) -> Sequence[str]:
    """Cut an ASCII text; each part says whose it is, and which of how many."""
    pieces = [text[start : start + _SIZE] for start in range(0, len(text), _SIZE)]
    return [f"{node} {number} {len(pieces)} {piece}" for number, piece in enumerate(pieces, 1)]


class Parts:
    """Puts texts together again. Parts of one text come in order, with no other's between them.

    Args:
        node: whose texts to leave out.
    """

    def __init__(self, node: str) -> None:
        self._node = node
        self._pieces: list[str] = []

    def take(self, part: str) -> str | None:
        """Take the next part; return the text that it was the last one of.

        What is no part, or follows on none, is left out.
        """
        node, _, rest = part.partition(" ")
        number, _, rest = rest.partition(" ")
        count, _, piece = rest.partition(" ")
        if node == self._node:
            return None
        if number == "1":
            self._pieces = []
        if number != str(len(self._pieces) + 1):
            return None
        self._pieces.append(piece)
        if number != count:
            return None
        pieces, self._pieces = self._pieces, []
        return "".join(pieces)
