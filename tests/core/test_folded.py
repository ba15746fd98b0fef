"""A store that has a log and nothing else serves inboxes too: the core folds its log."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from tidings import (
    Added,
    Event,
    Notification,
    Position,
    Recalled,
    Stored,
    Tidings,
    Unsupported,
    hookimpl,
)
from tidings.folded import FoldedRows
from tidings.page import Filter
from tidings_memory import MemoryStore

ANN = "private-user-ann"


class LogOnly:
    """A memory store's log, without all that a store may have beyond it."""

    def __init__(self) -> None:
        self._kept = MemoryStore()

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        results = await self._kept.persist(events=events)
        return [r._replace(counts=None) if isinstance(r, Stored) else r for r in results]

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        return await self._kept.recall(channel, after, limit)

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        return await self._kept.heads(channels)

    async def trim(self, channel: str, through: int) -> None:
        await self._kept.trim(channel, through)

    async def forget(self, channel: str) -> None:
        await self._kept.forget(channel)


async def test_its_inbox_is_what_its_log_says() -> None:
    async with Tidings(LogOnly()) as tidings:
        inbox = tidings.inbox("ann")
        for n in range(5):
            await tidings.push("ann", Notification(id=f"n{n}", heading="Hello"))
        await inbox.open("n1")
        await inbox.delete("n2")
        page = await inbox.page(3)

        assert [entry.id for entry in page.entries] == ["n4", "n3", "n1"]
        assert page.counts == (3, 3)
        assert [entry.id for entry in (await inbox.page(before=page.cursor)).entries] == ["n0"]


async def test_its_devices_get_counts_with_each_update_all_the_same() -> None:
    async with Tidings(LogOnly()) as tidings, tidings.inbox("ann").changes() as device:
        await tidings.push("ann", Notification(id="n1", heading="Hello"))
        added = await asyncio.wait_for(anext(device), 5)
        await tidings.inbox("ann").open("n1")
        opened = await asyncio.wait_for(anext(device), 5)

    assert isinstance(added, Added)
    assert (added.counts, opened.counts) == ((1, 1), (0, 0))


async def test_a_log_is_folded_however_many_readings_it_takes() -> None:
    log = LogOnly()
    async with Tidings(log) as tidings:
        for n in range(10):
            await tidings.push("ann", Notification(heading=f"Number {n}"))
        page = await FoldedRows(log, batch=3).page(ANN, Filter(), 100, None)

    assert len(page.entries) == 10
    assert page.position.offset == 10


async def test_a_front_reads_the_log_itself_and_the_inboxes_that_it_folds_to() -> None:
    async with Tidings(LogOnly()) as tidings:
        await tidings.push("ann", Notification(heading="Hello"))
        heads, counts = await tidings.log.heads([ANN]), await tidings.rows.counts(ANN)

    assert heads[ANN].offset == 1
    assert counts == (1, 1)


async def test_what_it_cannot_do_is_refused_by_name() -> None:
    async with Tidings(LogOnly()) as tidings:
        with pytest.raises(Unsupported, match="needs a store that is a Schedule"):
            await tidings.cancel("n1")
        with pytest.raises(Unsupported, match="needs a store that is a Revocations"):
            await tidings.disconnect("ann", revoke=True)
