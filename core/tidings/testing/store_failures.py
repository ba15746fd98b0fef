"""Rules of what a store leaves behind: where a call is cancelled, and once it is closed."""

from __future__ import annotations

from tidings.event import Event
from tidings.inbox_fold import Fold
from tidings.page import Filter
from tidings.protocols import InboxRows
from tidings.testing.connect_rules import connect_rules
from tidings.testing.cut_short import cut_short
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import an_inbox, append, offsets, told


@rule("store.persist.cancelled")
async def persist_cancelled(far: FarSide) -> None:
    """Of a batch that was cancelled in the middle all is in the log or nothing, and no hole."""
    async with far.store() as store:
        channel, batch = an_inbox(), list[Event]()

        async def persist() -> None:
            """Append a batch of new events."""
            batch[:] = [told(channel) for _ in range(3)]
            await store.persist(events=batch)

        pushed: list[str] = []
        async for _ in cut_short(persist):
            again = await append(store, batch)
            known = {stored.duplicate for stored in again}
            hold("all three known, or none, when pushed again", len(known) == 1, again)
            pushed += [event.id for event in batch]
        events = (await store.recall(channel, 0, 1000)).events
        equal("offsets in the log", offsets(events), list(range(1, len(pushed) + 1)))
        equal("ids in the log", [event.id for event in events], pushed)
        if isinstance(store, InboxRows):
            fold = Fold()
            for event in events:
                fold.apply(event)
            page = await store.page(channel, Filter(), 1000, None)
            hold(
                "the inbox that the log makes",
                list(page.entries) == fold.page(Filter(), 1000)[0],
                page,
            )
            equal("its counts", page.counts, fold.counts)


RULES = (persist_cancelled, *connect_rules("store"))
