"""What an inbox must be, found in the plainest way: all events, lists and loops."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tidings import Counts, Entry, Event


@dataclass
class Item:
    id: str
    offset: int
    data: bytes
    category: str | None
    opened: bool = False
    seen: bool = False
    archived: bool = False

    @property
    def pending(self) -> bool:
        return not self.opened and not self.archived


class Oracle:
    """One inbox, from the untrimmed log of one epoch.

    Attributes:
        counts: what the badge showed after each event, by offset.
        deleted: ids that were deleted.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        self._items: list[Item] = []
        self.counts = {0: Counts(0, 0)}
        self.deleted: set[str] = set()
        for event in events:
            assert event.position is not None
            self._apply(event, event.position.offset)
            pending = [item for item in self._items if item.pending]
            unseen = [item for item in pending if not item.seen]
            self.counts[event.position.offset] = Counts(len(pending), len(unseen))

    def newest(self, limit: int) -> list[Entry]:
        """Return the entries that a device of this size shows."""
        return [
            Entry(item.id, item.offset, item.data, item.opened, item.seen, item.archived)
            for item in self._items[::-1][:limit]
        ]

    def __len__(self) -> int:
        return len(self._items)

    def _apply(self, event: Event, offset: int) -> None:
        data = json.loads(event.data)
        if event.name == "tidings:notification":
            self._items.append(Item(event.id, offset, event.data, data.get("category")))
            return
        named = [item for item in self._items if _is_named(item, data)]
        for item in named:
            if event.name == "tidings:opened":
                item.opened = item.seen = True
            if event.name == "tidings:seen":
                item.seen = True
            if event.name in ("tidings:archived", "tidings:unarchived"):
                item.archived = event.name == "tidings:archived"
            if event.name == "tidings:unopened":
                item.opened = False
            if event.name in ("tidings:deleted", "tidings:expired", "tidings:evicted"):
                self._items.remove(item)
        if event.name == "tidings:deleted":
            self.deleted |= {item.id for item in named} | set(data.get("ids", ()))


def _is_named(item: Item, data: Any) -> bool:
    if not isinstance(data, dict) or "through" not in data:
        return isinstance(data, dict) and item.id in data.get("ids", ())
    return item.offset <= data["through"]["offset"] and data.get("category") in (
        None,
        item.category,
    )
