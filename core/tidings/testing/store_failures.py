"""Rules of what a store leaves behind: where a call is cancelled, and once it is closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from tidings.event import Event
from tidings.inbox_fold import Fold
from tidings.page import Filter
from tidings.protocols import InboxRows
from tidings.testing.connect_rules import connect_rules
from tidings.testing.cut_short import cut_short
from tidings.testing.far_side import FarSide, Store
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import an_inbox, append, offsets, told


@rule("store.persist.cancelled")
async def persist_cancelled(far: FarSide) -> None:
    """Of a batch that was cancelled in the middle all is in the log or nothing, and no hole."""
    async with far.store() as store:
        channel, pushed = an_inbox(), list[str]()
        async for batch in _cut_short(store, channel):
            again = await append(store, batch)
            known = {stored.duplicate for stored in again}
            hold("all three known, or none, when pushed again", len(known) == 1, again)
            pushed += [event.id for event in batch]
        events = (await store.recall(channel, 0, 1000)).events
        equal("offsets in the log", offsets(events), list(range(1, len(pushed) + 1)))
        equal("ids in the log", [event.id for event in events], pushed)


@rule("store.counts.cancelled", InboxRows)
async def counts_cancelled(far: FarSide) -> None:
    """What is in the log of batches that were cancelled is in the inbox and its counts as well."""
    async with far.store() as store:
        channel, fold = an_inbox(), Fold()
        async for _ in _cut_short(store, channel):
            pass
        page = await store.page(channel, Filter(), 1000, None)  # the last batch may yet come in
        for event in (await store.recall(channel, 0, page.position.offset)).events:
            fold.apply(event)
        entries, _ = fold.page(Filter(), 1000)
        hold("the inbox that the log makes", list(page.entries) == entries, page)
        equal("its counts", page.counts, fold.counts)


async def _cut_short(store: Store, channel: str) -> AsyncIterator[Sequence[Event]]:
    """Append batches of new events; all but the first are cancelled, each at another moment."""
    batch: list[Event] = []

    async def persist() -> None:
        """Append a batch of new events."""
        batch[:] = [told(channel) for _ in range(3)]
        await store.persist(events=batch)

    async for _ in cut_short(persist):
        yield list(batch)


RULES = (persist_cancelled, counts_cancelled, *connect_rules("store"))
