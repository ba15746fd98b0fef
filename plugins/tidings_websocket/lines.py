"""The lines of a front: one for each channel, as clients name it, and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tidings.listening import Listening
from tidings_websocket.counters import Counters
from tidings_websocket.dialect import Dialect
from tidings_websocket.line import Line

if TYPE_CHECKING:
    from tidings_websocket.session import Session


class Lines:
    """Finds the line of a channel, while it has members; see `Line` for the arguments."""

    def __init__(self, counters: Counters, *, outgoing: int, compress_from: int) -> None:
        self._counters = counters
        self._outgoing = outgoing
        self._compress_from = compress_from
        self._lines: dict[tuple[str, str], Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, name: str, dialect: Dialect) -> Line:
        """Return the line of a channel for those who speak a dialect and call it so."""
        key = (name, dialect.name)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = Line(
                name,
                dialect,
                self._counters,
                outgoing=self._outgoing,
                compress_from=self._compress_from,
            )
        return line

    def audience(self) -> Mapping[str, int]:
        """Return by how many connections each channel is heard, in all languages."""
        heard: Counter[str] = Counter()
        for (name, _), line in self._lines.items():
            heard[name] += line.members
        return heard

    def leave(self, session: Session, listening: Listening, name: str) -> None:
        """Take a session off a line; one without members is no more."""
        key = (name, session.dialect.name)
        line = self._lines.get(key)
        if line is not None:
            line.leave(session, listening)
            if line.empty:
                del self._lines[key]
