"""A store with a log and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tidings import Event, Position, Recalled, Stored, hookimpl
from tidings_memory import MemoryStore


class LogAlone:
    """A store with a log and nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self._memory = MemoryStore()

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        return await self._memory.persist(events=events)

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        return await self._memory.recall(channel, after, limit)

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        return await self._memory.heads(channels)

    async def trim(self, channel: str, through: int) -> None:
        await self._memory.trim(channel, through)

    async def forget(self, channel: str) -> None:
        await self._memory.forget(channel)
