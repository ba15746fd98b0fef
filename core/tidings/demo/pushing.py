"""Pushing a history: many notifications at a time, while some of those before are opened."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from time import perf_counter

from tidings.demo.expected import Advance
from tidings.demo.news import News
from tidings.demo.worlds import Sides

_WINDOW = 256  # notifications pushed at the same time


class Pushing:
    """Pushes the news of a stream, in order, as far as it is told.

    Args:
        sides: where to push, and where devices open what came.
        news: what to push.
        to_open: the ids of what is opened, by all who have it.
        advance: hears how many were pushed.

    Attributes:
        pushed: how many notifications.
        opened: how many entries were opened, through one device of their user.
        seconds: how long that took, without reading the stream.
    """

    def __init__(
        self, sides: Sides, news: AsyncIterator[News], to_open: AbstractSet[str], advance: Advance
    ) -> None:
        self.pushed = 0
        self.opened = 0
        self.seconds = 0.0
        self._sides = sides
        self._news = news
        self._to_open = to_open
        self._advance = advance
        self._came: Mapping[str, Sequence[str]] = {}  # users' ids that are to be opened now

    async def push_until(self, count: int) -> None:
        """Push until there are so many; the stream must have them."""
        while self.pushed < count:
            window = [await anext(self._news) for _ in range(min(_WINDOW, count - self.pushed))]
            await self._at_once(window)

    async def open_the_rest(self) -> None:
        """Open what of the last notifications is to be opened."""
        await self._at_once([])

    async def _at_once(self, window: Sequence[News]) -> None:
        application, devices = self._sides.application, self._sides.devices
        started = perf_counter()
        async with asyncio.TaskGroup() as group:
            for notification, users in window:
                group.create_task(application.push(users, notification))
            for user, ids in self._came.items():
                group.create_task(devices.inbox(user).open(*ids))
        self.seconds += perf_counter() - started
        self.opened += sum(map(len, self._came.values()))
        self.pushed += len(window)
        self._came = self._openings(window)
        self._advance(self.pushed)

    def _openings(self, window: Sequence[News]) -> Mapping[str, Sequence[str]]:
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for notification, users in window:
            for user in users if notification.id in self._to_open else ():
                ids[user].append(notification.id)
        return ids
