"""Stores whose log, or memory for ids, breaks the kit's rules in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tidings import Conflict, Event, InvalidData, Position, Recalled, Stored, StoreError, hookimpl
from tidings.ids import new_id
from tidings.names import is_public
from tidings.notification import NOTIFICATION
from tidings.testing import Node
from tidings_memory import MemoryStore
from tidings_memory.channel import Channel

Results = Sequence[Stored | Exception]


class AppendsMarks(MemoryStore):
    """After each six events of a channel comes one that nobody persisted."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        for name in {event.channel for event in events}:
            if self._head(name).offset == 6:
                await super().persist(events=[Event(name, "mark", b"0", new_id())])
        return await super().persist(events=events)


class CountsTheBatch(MemoryStore):
    """Events of a batch are numbered as they stand in it, whatever their channels."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        results = await super().persist(events=events)
        if not all(is_public(event.channel) for event in events):
            return results
        return [
            result._replace(position=Position(result.position.epoch, number))
            if isinstance(result, Stored) and len({e.channel for e in events}) > 1
            else result
            for number, result in enumerate(results, 1)
        ]


class ForgetsOrigins(MemoryStore):
    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        answer = await super().recall(channel, after, limit)
        return answer._replace(events=[event._replace(origin=None) for event in answer.events])


class RefusesLongNames(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        results = await super().persist(events=events)
        return [
            InvalidData("too long") if len(event.channel) > 150 else result
            for event, result in zip(events, results, strict=True)
        ]


class _ByPattern(dict[str, Channel]):
    def get(self, name: str, default: object = None) -> Channel | None:  # type: ignore[override]
        return super().get(name.replace("_", "-"))

    def __setitem__(self, name: str, channel: Channel) -> None:
        super().__setitem__(name.replace("_", "-"), channel)


class TakesNamesForPatterns(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._channels = _ByPattern()


class FailsTheBatch(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        results = await super().persist(events=events)
        bad = [result for result in results if isinstance(result, Conflict)]
        return bad[:1] * len(results) if bad else results


class RefusesTwins(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        times = Counter((event.channel, event.id) for event in events)
        if max(times.values()) > 1:
            return [Conflict("twice in one batch")] * len(events)
        return await super().persist(events=events)


class KeepsTheFirst(MemoryStore):
    """A notification whose id is known is a duplicate, whatever it says."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        results = await super().persist(events=events)
        return [
            Stored(self._head(event.channel), None, duplicate=True)
            if isinstance(result, Conflict) and event.name == NOTIFICATION
            else result
            for event, result in zip(events, results, strict=True)
        ]


class KnowsIdsOfABatch(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        if len(events) > 2 and len({event.id for event in events}) == 1:
            return [StoreError("known")] * len(events)
        return await super().persist(events=events)


class IgnoresCaseOfIds(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        return await super().persist(events=[e._replace(id=e.id.lower()) for e in events])


class TrimsOneMore(MemoryStore):
    async def trim(self, channel: str, through: int) -> None:
        await super().trim(channel, through + 1)


class BeginsAnewOnTrim(MemoryStore):
    async def trim(self, channel: str, through: int) -> None:
        if channel not in self._channels:
            await self.forget(channel)
        await super().trim(channel, through)


class CountsOfNow(MemoryStore):
    """Recalled events have the counts of this moment."""

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        answer = await super().recall(channel, after, limit)
        now = await self.counts(channel)
        return answer._replace(
            events=[e._replace(counts=now) if e.counts else e for e in answer.events]
        )


@asynccontextmanager
async def apart() -> AsyncIterator[Node]:
    """Make each node a log of its own."""
    yield MemoryStore


BROKEN = {
    AppendsMarks: {"store.offsets.no_holes", "store.persist.cancelled"},
    CountsTheBatch: {"store.offsets.per_channel"},
    ForgetsOrigins: {"store.recall.as_persisted"},
    RefusesLongNames: {"store.limits.names_and_sizes"},
    TakesNamesForPatterns: {"store.limits.channels_apart"},
    FailsTheBatch: {"store.batch.one_bad_event"},
    RefusesTwins: {"store.ids.duplicate"},
    KeepsTheFirst: {"store.ids.conflict"},
    KnowsIdsOfABatch: {"store.ids.per_channel"},
    IgnoresCaseOfIds: {"store.ids.case"},
    TrimsOneMore: {"store.trim.first"},
    BeginsAnewOnTrim: {"store.trim.unwritten"},
    CountsOfNow: {"store.counts.in_log"},
}
"""Each with the ids of exactly the rules that it breaks."""
