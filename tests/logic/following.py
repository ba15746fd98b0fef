"""Reading streams, for as long as it takes but not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from tidings import Entry, Notification, Tidings
from tidings.event import Delivery, Event
from tidings.updates import Added, Update

T = TypeVar("T")

WITHIN = 10.0


async def take(stream: AsyncIterator[T], count: int = 1) -> list[T]:
    """Return the next items of a stream."""
    async with asyncio.timeout(WITHIN):
        return [await anext(stream) for _ in range(count)]


async def first(stream: AsyncIterator[T], wanted: Callable[[T], object]) -> T:
    """Return the first item from here on that is wanted."""
    async with asyncio.timeout(WITHIN):
        while not wanted(item := await anext(stream)):
            pass
        return item


def ids(items: Iterable[Entry | Event | Delivery | Update]) -> list[str]:
    """Return the ids of entries, of events, or of what was added."""
    return [
        item.entry.id if isinstance(item, Added) else item.id
        for item in items
        if isinstance(item, Added | Entry | Event)
    ]


def note(id: str, **fields: object) -> Notification:  # noqa: A002
    """Return a notification."""
    return Notification.model_validate({"id": id, "heading": f"About {id}", **fields})


async def push_all(tidings: Tidings, user: str, names: Iterable[str], **fields: object) -> None:
    """Push a notification for each name, in order."""
    await asyncio.gather(*(tidings.push(user, note(name, **fields)) for name in names))
