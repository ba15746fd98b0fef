"""Stores that each break the kit's rules in one way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from tidings import (
    Conflict,
    Counts,
    Event,
    Filter,
    Fired,
    Page,
    Position,
    Recalled,
    Stored,
    Tidings,
    hookimpl,
)
from tidings.changes import EVICTED, EXPIRED, FORGOTTEN, REDACTED
from tidings.ids import new_id
from tidings_memory import MemoryStore
from tidings_memory.ids import KnownIds


class RecallsWithoutLimit(MemoryStore):
    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        return await super().recall(channel, after, 1000)


class AnswersForAllChannels(MemoryStore):
    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        return await super().heads([*channels, *self._channels])


class UnwrittenInAnotherEpoch(MemoryStore):
    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        answer = await super().recall(channel, after, limit)
        return answer if answer.head else answer._replace(epoch="none")


class ForgetsIdsWithTheLog(MemoryStore):
    async def trim(self, channel: str, through: int) -> None:
        await super().trim(channel, through)
        if channel in self._channels:
            self._channels[channel].ids = KnownIds()


class ComparesBytes(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        results: list[Stored | Exception] = []
        for event in events:
            (result,) = await super().persist(events=[event])
            if isinstance(result, Stored) and result.duplicate and not self._is_same(event):
                result = Conflict("not the same bytes")
            results.append(result)
        return results

    def _is_same(self, event: Event) -> bool:
        inbox = self._channels[event.channel].inbox
        row = inbox.get(event.id) if inbox is not None else None
        return row is None or row.data == event.data


class KeepsWhatIsDeleted(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._content: dict[tuple[str, Position | None], Event] = {}

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        answer = await super().recall(channel, after, limit)
        kept = [
            self._content.get((channel, event.position), event)
            if event.name == REDACTED
            else self._content.setdefault((channel, event.position), event)
            for event in answer.events
        ]
        return answer._replace(events=kept)

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        for channel in {event.channel for event in events}:
            await self.recall(channel, 0, 1000)
        return await super().persist(events=events)


class ForgetsWithinTheEpoch(MemoryStore):
    async def forget(self, channel: str) -> None:
        epoch = (await self.heads([channel]))[channel].epoch
        await super().forget(channel)
        self._channels[channel].log.epoch = epoch


class TellsOfForgetting(MemoryStore):
    """What the core says next stands in the log already, though this store carries nothing."""

    async def forget(self, channel: str) -> None:
        await super().forget(channel)
        await super().persist(events=[Event(channel, FORGOTTEN, b"{}", new_id())])


class FiresAllAtOnce(MemoryStore):
    async def fire(self, now: datetime, limit: int) -> Fired:
        return await super().fire(now, 1000)


class FiresSilently(MemoryStore):
    silent = ""

    async def fire(self, now: datetime, limit: int) -> Fired:
        fired = await super().fire(now, limit)
        told = [event for event in fired.events if event.name != self.silent]
        return fired._replace(events=told)


class ExpiresSilently(FiresSilently):
    silent = EXPIRED


class EvictsSilently(FiresSilently):
    silent = EVICTED


class CountsThePage(MemoryStore):
    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        page = await super().page(channel, filter, limit, before)
        pending = sum(entry.pending for entry in page.entries)
        unseen = sum(entry.pending and not entry.seen for entry in page.entries)
        return Page(page.entries, Counts(pending, unseen), page.position, page.more)


class AlwaysPromisesMore(MemoryStore):
    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        page = await super().page(channel, filter, limit, before)
        return Page(page.entries, page.counts, page.position, len(page.entries) == limit)


class IgnoresCategories(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        return await super().persist(events=[self._of_all(event) for event in events])

    def _of_all(self, event: Event) -> Event:
        if b'"through"' not in event.data:
            return event
        data = json.loads(event.data)
        data.pop("category", None)
        return event._replace(data=json.dumps(data).encode())


class OwesForEver(MemoryStore):
    async def settle(self, carrier: str, events: Sequence[Event]) -> None:
        """Strike nothing off."""


class SharesItsChannels(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._channels = SHARED._channels


SHARED = MemoryStore()


class ForgetsOnClosing(MemoryStore):
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        async with super().connect(tidings=tidings):
            yield
        self._channels.clear()


class RevokesOnce(MemoryStore):
    async def revoke(self, user: str, not_before: datetime) -> None:
        await super().revoke(user, self._not_before.get(user, not_before))


BROKEN = {
    RecallsWithoutLimit: {"store.recall.windows"},
    AnswersForAllChannels: {"store.heads.together"},
    UnwrittenInAnotherEpoch: {"store.unwritten.stable"},
    ForgetsIdsWithTheLog: {"store.ids.known_after_trim"},
    ComparesBytes: {"store.ids.created_at"},
    KeepsWhatIsDeleted: {"store.delete.redacts", "store.delete.through_redacts"},
    ForgetsWithinTheEpoch: {"store.forget.new_epoch"},
    TellsOfForgetting: {"store.forget.new_epoch"},
    FiresAllAtOnce: {"store.schedule.due"},
    ExpiresSilently: {"store.expiry.event"},
    EvictsSilently: {"store.retention.events"},
    CountsThePage: {"store.page.filters"},
    AlwaysPromisesMore: {"store.page.cursors"},
    IgnoresCategories: {"store.counts.equal_fold", "store.changes.category"},
    OwesForEver: {"store.outbox.in_order"},
    SharesItsChannels: {"store.fresh.apart"},
    ForgetsOnClosing: {"store.connect.again"},
    RevokesOnce: {"store.revocations.newest"},
}
"""Each with the ids of exactly the rules that it breaks."""
