"""A list whose old end falls away."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Stretch(Generic[T]):
    """What has come and not fallen away yet, oldest first.

    Appending, dropping and reading anywhere take constant time per item, which a deque does not
    give in its middle nor a list at its old end. What was dropped is let go of once it makes up
    an eighth.
    """

    __slots__ = ("_dropped", "_items")

    def __init__(self) -> None:
        self._items: list[T] = []
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._items) - self._dropped

    def append(self, item: T) -> None:
        """Add an item at the end."""
        self._items.append(item)

    def __getitem__(self, index: int) -> T:
        return self._items[self._dropped + index]

    def __setitem__(self, index: int, item: T) -> None:
        self._items[self._dropped + index] = item

    def read(self, start: int, limit: int) -> list[T]:
        """Return up to `limit` items from this index on."""
        start += self._dropped
        return self._items[start : start + limit]

    def drop(self, count: int) -> list[T]:
        """Let the oldest `count` items fall away; return them."""
        items = self._items[self._dropped : self._dropped + count]
        self._dropped += len(items)
        if 8 * self._dropped > len(self._items):
            del self._items[: self._dropped]
            self._dropped = 0
        return items
