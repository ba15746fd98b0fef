"""A store as one behind a network is: its answers are a while old when they come."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tidings import Counts, Event, Filter, Page, Position, Recalled, Stored, hookimpl
from tidings_memory import MemoryStore


class HesitantStore(MemoryStore):
    """Looks some turns of the event loop after it was asked, and answers some turns later.

    Args:
        seed: of how many turns.
        span: how long a turn takes at most, in seconds of the event loop's clock.
        keeps: how much it keeps, as a `MemoryStore`.
    """

    name = "memory-store"

    def __init__(self, *, seed: int, span: float = 0.0, **keeps: Any) -> None:
        super().__init__(**keeps)
        self._random = Random(seed)
        self._span = span

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        await self._hesitate()
        results = await super().persist(events=events)
        await self._hesitate()
        return results

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        await self._hesitate()
        answer = await super().recall(channel, after, limit)
        await self._hesitate()
        return answer

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        await self._hesitate()
        answer = await super().heads(channels)
        await self._hesitate()
        return answer

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        await self._hesitate()
        answer = await super().page(channel, filter, limit, before)
        await self._hesitate()
        return answer

    async def counts(self, channel: str) -> Counts:
        await self._hesitate()
        return await super().counts(channel)

    async def _hesitate(self) -> None:
        for _ in range(self._random.randrange(3)):
            await asyncio.sleep(self._random.random() * self._span)
