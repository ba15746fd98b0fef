"""Stores whose inboxes, schedule or outbox break the kit's rules in one way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from tidings import (
    Counts,
    Event,
    Filter,
    Fired,
    InvalidData,
    Page,
    Scheduled,
    StalePosition,
    Stored,
    StoreError,
    Tidings,
    hookimpl,
)
from tidings.changes import SEEN, is_change
from tidings.inbox_fold import Fold
from tidings_memory import MemoryStore
from tidings_memory.channel import Channel
from tidings_memory.outbox import OwedEvents

Results = Sequence[Stored | Exception]


class SeesAll(MemoryStore):
    """Seeing all up to a position is seeing all."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        return await super().persist(events=[self._of_all(event) for event in events])

    def _of_all(self, event: Event) -> Event:
        if event.name != SEEN or b'"through"' not in event.data:
            return event
        data: dict[str, Any] = json.loads(event.data)
        data["through"]["offset"] = 10_000
        return event._replace(data=json.dumps(data).encode())


class RefusesUnknownIds(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        results: list[Stored | Exception] = []
        for event in events:
            if self._knows(event):
                results += await super().persist(events=[event])
            else:
                results.append(InvalidData("no such id"))
        return results

    def _knows(self, event: Event) -> bool:
        ids = json.loads(event.data).get("ids") if b'"ids"' in event.data else None
        channel = self._channels.get(event.channel)
        inbox = channel.inbox if channel is not None else None
        return not ids or inbox is None or all(inbox.get(each) is not None for each in ids)


class TakesStalePositions(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        results = list(await super().persist(events=events))
        for index, result in enumerate(results):
            if isinstance(result, StalePosition):
                plain = events[index]._replace(name="stale")
                (results[index],) = await super().persist(events=[plain])
        return results


class BlamesItself(MemoryStore):
    """What cannot be read is told as the store's own failure."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        results = await super().persist(events=events)
        return [StoreError("no") if isinstance(r, InvalidData) else r for r in results]


class PageChanged(MemoryStore):
    """Makes another page of each that is read."""

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        return await self.changed(
            channel, filter, await super().page(channel, filter, limit, before)
        )

    async def changed(self, channel: str, wanted: Filter, page: Page) -> Page:
        raise NotImplementedError


class WritesJsonAnew(PageChanged):
    async def changed(self, channel: str, wanted: Filter, page: Page) -> Page:
        entries = [
            entry._replace(data=json.dumps(json.loads(entry.data), separators=(",", ":")).encode())
            for entry in page.entries
        ]
        return Page(entries, page.counts, page.position, page.more)


class ShowsTheArchived(PageChanged):
    async def changed(self, channel: str, wanted: Filter, page: Page) -> Page:
        if wanted != Filter("opened"):
            return page
        whole = await MemoryStore.page(self, channel, Filter(), 100, None)
        entries = [entry for entry in whole.entries if entry.opened]
        return Page(entries, page.counts, page.position, page.more)


class PositionOfTheEntry(PageChanged):
    async def changed(self, channel: str, wanted: Filter, page: Page) -> Page:
        position = page.position
        if page.entries and not page.more:
            position = position._replace(offset=page.entries[0].offset)
        elif page.entries:
            position = position._replace(offset=page.entries[-1].offset)
        return Page(page.entries, page.counts, position, page.more)


class ShowsTheLog(PageChanged):
    """What is trimmed is shown no more."""

    async def changed(self, channel: str, wanted: Filter, page: Page) -> Page:
        first = (await self.recall(channel, 0, 1)).first
        entries = [entry for entry in page.entries if entry.offset >= first]
        return Page(entries, page.counts, page.position, page.more)


class KeepsTheInbox(PageChanged):
    """What is forgotten is shown until something new comes."""

    def __init__(self) -> None:
        super().__init__()
        self._old: dict[str, Fold] = {}

    async def forget(self, channel: str) -> None:
        known = self._channels.get(channel)
        if known is not None and known.inbox is not None:
            self._old[channel] = known.inbox
        await super().forget(channel)

    async def changed(self, channel: str, wanted: Filter, page: Page) -> Page:
        if page.position.offset or channel not in self._old:
            return page
        entries, more = self._old[channel].page(wanted, 100)
        return Page(entries, Counts(0, 0), page.position, more)


class FiresEarly(MemoryStore):
    async def fire(self, now: datetime, limit: int) -> Fired:
        return await super().fire(now + timedelta(seconds=2), limit)


class SchedulesWhatIsThere(MemoryStore):
    async def schedule(
        self, events: Sequence[Event], at: datetime
    ) -> Sequence[Scheduled | Exception]:
        results = await super().schedule(events, at)
        return [
            Scheduled(at) if isinstance(result, Scheduled) and self._is_there(event) else result
            for event, result in zip(events, results, strict=True)
        ]

    def _is_there(self, event: Event) -> bool:
        channel = self._channels.get(event.channel)
        return channel is not None and channel.known(event) is not None


class FiresWhatWasPushed(MemoryStore):
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Results:
        planned = [self._schedule.known(e) for e in events if not is_change(e)]
        results = await super().persist(events=events)
        for plan in planned:
            if plan is not None:
                self._schedule.plan(*plan)
        return results


class CancelsForOne(MemoryStore):
    async def cancel(self, id: str) -> int:  # noqa: A002
        return min(await super().cancel(id), 1)


class KeepsTheSchedule(MemoryStore):
    async def forget(self, channel: str) -> None:
        self._owed.forget(channel)
        self._channels[channel] = Channel(channel, f"anew after {channel}", self._keeps)


class OwesUntilClosed(MemoryStore):
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        async with super().connect(tidings=tidings):
            yield
        self._owed = OwedEvents()


class OwesNothingFired(MemoryStore):
    async def fire(self, now: datetime, limit: int) -> Fired:
        kept, self._owed = self._owed, OwedEvents()
        try:
            return await super().fire(now, limit)
        finally:
            self._owed = kept


BROKEN = {
    SeesAll: {"store.changes.through", "store.counts.equal_fold"},
    RefusesUnknownIds: {"store.changes.unknown_ids", "store.counts.equal_fold"},
    TakesStalePositions: {"store.changes.stale_epoch"},
    BlamesItself: {"store.changes.malformed"},
    WritesJsonAnew: {"store.page.entries"},
    ShowsTheArchived: {"store.page.states"},
    PositionOfTheEntry: {"store.page.position"},
    ShowsTheLog: {"store.trim.keeps_inbox"},
    KeepsTheInbox: {"store.forget.inbox"},
    FiresEarly: {"store.schedule.once", "store.expiry.event"},
    SchedulesWhatIsThere: {"store.schedule.ids"},
    FiresWhatWasPushed: {"store.schedule.pushed_meanwhile"},
    CancelsForOne: {"store.schedule.cancel"},
    KeepsTheSchedule: {"store.schedule.forget"},
    OwesUntilClosed: {"store.outbox.kept"},
    OwesNothingFired: {"store.outbox.fired"},
}
"""Each with the ids of exactly the rules that it breaks."""
