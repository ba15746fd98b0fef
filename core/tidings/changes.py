"""What happens to an inbox after a push: state changes, as events in the user's own log.

A change names its entries by ids (at most 100), or means all up to an offset, optionally of one
category. The offset is the newest its author had seen, so that nothing that came in meanwhile
is touched unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from tidings.encoding import encode
from tidings.errors import InvalidData
from tidings.event import Event, Position
from tidings.ids import new_id

OPENED = "tidings:opened"
UNOPENED = "tidings:unopened"
SEEN = "tidings:seen"
ARCHIVED = "tidings:archived"
UNARCHIVED = "tidings:unarchived"

DELETED = "tidings:deleted"
EXPIRED = "tidings:expired"
EVICTED = "tidings:evicted"

SETS: Mapping[str, Mapping[str, bool]] = {
    OPENED: {"opened": True, "seen": True},
    UNOPENED: {"opened": False},
    SEEN: {"seen": True},
    ARCHIVED: {"archived": True},
    UNARCHIVED: {"archived": False},
}
"""Changes that set states of entries, and which."""

REMOVES = frozenset({DELETED, EXPIRED, EVICTED})
"""Changes that take entries out of the inbox."""

REDACTED = "tidings:redacted"
"""Stands in the log where a deleted notification stood: its id and position, without content."""

FORGOTTEN = "tidings:forgotten"
"""The first event of a log whose user was forgotten; whoever heard the old one gets a reset."""

IDS_LIMIT = 100
"""The most ids that one change may name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One state change: what (`name`) befalls which entries (`ids`, or all up to `through`).

    `category` narrows `through` to the entries of one category; beside ids it has no meaning.
    """

    name: str
    ids: tuple[str, ...] = ()
    through: Position | None = None
    category: str | None = None

    def event(self, channel: str, *, origin: str | None = None) -> Event:
        """Return the event that says so on the user's channel.

        Raises:
            InvalidData: it names more than 100 ids.
        """
        return Event(channel, self.name, encode(self._data()), new_id(), origin=origin)

    def _data(self) -> dict[str, Any]:
        if self.through is None:
            if len(self.ids) > IDS_LIMIT:
                raise InvalidData(
                    f"a change names {len(self.ids)} ids: make several, of {IDS_LIMIT} at most"
                )
            return {"ids": self.ids}
        data: dict[str, Any] = {"through": self.through._asdict()}
        if self.category is not None:
            data["category"] = self.category
        return data


def is_change(event: Event) -> bool:
    """Tell whether an event changes states of an inbox."""
    return event.name in SETS or event.name in REMOVES


def read_change(event: Event) -> Change:
    """Read a change from its event; `is_change(event)` must hold.

    Raises:
        InvalidData: its data is not a change's.
    """
    try:
        return _change(event.name, from_json(event.data))
    except (ValueError, TypeError, AttributeError):
        raise InvalidData(
            f'event {event.id!r} is no change: its data must be {{"ids": [...]}} or '
            '{"through": {"epoch": ..., "offset": ...}}'
        ) from None


def _change(name: str, data: Any) -> Change:
    ids, through, category = data.get("ids", []), data.get("through"), data.get("category")
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):  # noqa: A001
        raise TypeError("ids")
    if not isinstance(category, str | None):
        raise TypeError("category")
    position = Position(**through) if through else None
    if position is not None and [type(part) for part in position] != [str, int]:
        raise TypeError("through")
    return Change(name, tuple(ids), position, category)
