"""One entry of an inbox in memory: small, and quick to search by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import from_json

from tidings.changes import REMOVES, SETS
from tidings.encoding import encode
from tidings.errors import InvalidData
from tidings.page import Entry, Filter, State

OPENED, SEEN, ARCHIVED, GONE = 1, 2, 4, 8
"""A row's states, as bits. GONE marks what has left the inbox."""


class Facts(NamedTuple):
    """What the fold needs to know of a notification's content; times in seconds since 1970."""

    category: str | None
    created: float
    expires: float | None


@lru_cache(maxsize=16)  # one push to many users is the same bytes for all, one after another
def facts(data: bytes) -> Facts:
    """Read the facts from a notification's JSON.

    Raises:
        InvalidData: it is no notification's.
    """
    try:
        content = from_json(data)
        expires = content.get("expires_at")
        return Facts(
            content.get("category"),
            datetime.fromisoformat(content["created_at"]).timestamp(),
            datetime.fromisoformat(expires).timestamp() if expires else None,
        )
    except (ValueError, TypeError, AttributeError, KeyError):
        raise InvalidData("no notification: make its data with Notification.to_json()") from None


class Row:
    """One entry, its place in the log and its states."""

    __slots__ = ("_facts", "data", "id", "offset", "states")

    def __init__(self, id: str, offset: int, data: bytes, states: int = 0) -> None:  # noqa: A002
        self.id = id
        self.offset = offset
        self.data = data
        self.states = states
        self._facts: Facts | None = None

    @classmethod
    def of(cls, entry: Entry) -> Row:
        """Make the row that a page shows as this entry."""
        states = OPENED * entry.opened | SEEN * entry.seen | ARCHIVED * entry.archived
        return cls(entry.id, entry.offset, entry.data, states)

    @property
    def facts(self) -> Facts:
        """What its content says; read when first asked for, as few rows ever are."""
        if self._facts is None:
            self._facts = facts(self.data)
        return self._facts

    @property
    def gone(self) -> bool:
        """It is in the inbox no more."""
        return self.states >= GONE

    def entry(self) -> Entry:
        """Return it as a page shows it."""
        states = self.states
        return Entry(
            self.id,
            self.offset,
            self.data,
            bool(states & OPENED),
            bool(states & SEEN),
            bool(states & ARCHIVED),
        )


class Bits(NamedTuple):
    """What a change makes of a row's states: `(states | on) & keep`."""

    on: int
    keep: int


def _bits(sets: Mapping[str, bool]) -> Bits:
    bit = {"opened": OPENED, "seen": SEEN, "archived": ARCHIVED}
    off = sum(bit[state] for state, value in sets.items() if not value)
    return Bits(sum(bit[state] for state, value in sets.items() if value), ~off)


CHANGES: Mapping[str, Bits] = {
    **{name: _bits(sets) for name, sets in SETS.items()},
    **dict.fromkeys(REMOVES, Bits(GONE, ~0)),
}
"""For each change, what it does to a row's states."""

PENDING = tuple(int(not states & (GONE | OPENED | ARCHIVED)) for states in range(16))
UNSEEN = tuple(int(not states & (GONE | OPENED | ARCHIVED | SEEN)) for states in range(16))
"""For all that a row's states may be: how it counts as pending, and as unseen."""

_WANTED: Mapping[State | None, tuple[int, int]] = {
    None: (GONE, 0),
    "pending": (GONE | OPENED | ARCHIVED, 0),
    "unseen": (GONE | OPENED | ARCHIVED | SEEN, 0),
    "opened": (GONE | OPENED | ARCHIVED, OPENED),
    "archived": (GONE | ARCHIVED, ARCHIVED),
}
"""For each state to filter by: the bits to look at, and how they must be."""


def admitted(rows: Iterable[Row], wanted: Filter) -> list[Row]:
    """Return those of these rows that are in the inbox and that the filter wants, in order."""
    mask, value = _WANTED[wanted.state]
    found = [row for row in rows if row.states & mask == value]
    if wanted.category is not None:
        found = _in_category(found, wanted.category)
    if wanted.since is not None:
        since = wanted.since.timestamp()
        found = [row for row in found if row.facts.created >= since]
    if wanted.ids is not None:
        found = [row for row in found if row.id in wanted.ids]
    return found


def _in_category(rows: Iterable[Row], category: str) -> list[Row]:
    """Most rows of others are told by their bytes, searched from behind, without reading JSON."""
    if category.isascii():
        text = encode(category)
        rows = [row for row in rows if row.data.rfind(text) >= 0]
    return [row for row in rows if row.facts.category == category]
