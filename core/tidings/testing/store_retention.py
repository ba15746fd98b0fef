"""Rules of what time takes out of an inbox: expiry and retention."""

from __future__ import annotations

from datetime import timedelta

from tidings.changes import EVICTED, EXPIRED, is_change, read_change
from tidings.event import Counts
from tidings.inbox_fold import Fold
from tidings.page import Filter
from tidings.protocols import InboxRows, Schedule
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import an_inbox, append, fired, logged, told

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


@rule("store.expiry.event", Schedule, InboxRows)
async def expiry(far: FarSide) -> None:
    """A notification leaves the inbox when it expires, by an event that names it."""
    async with far.store() as store:
        channel, at = an_inbox(), far.now + _HOUR
        await append(store, [told(channel, id="n", expires_at=at), told(channel, id="kept")])
        equal("fired before", await fired(far, store, at - _SECOND), [])
        events = await fired(far, store, at + 2 * _SECOND)
        equal("what is fired", [event.name for event in events], [EXPIRED])
        equal("whom it names", read_change(events[0]).ids, ("n",))
        equal("its counts", events[0].counts, Counts(1, 1))
        page = await store.page(channel, Filter(), 10, None)
        equal("ids in the inbox", [entry.id for entry in page.entries], ["kept"])
        equal("fired later", await fired(far, store, at + _HOUR), [])


@rule("store.retention.events", Schedule, InboxRows)
async def retention(far: FarSide) -> None:
    """What age takes out of an inbox leaves by events: their fold is the inbox, at any age."""
    async with far.store() as store:
        channel, fold = an_inbox(), Fold()
        for event in await logged(store, (told(channel) for _ in range(30))):
            fold.apply(event)
        for _ in range(4):
            for event in await fired(far, store, far.now + timedelta(days=1000)):
                hold("an event of retention", event.name == EVICTED and is_change(event), event)
                fold.apply(event)
            page = await store.page(channel, Filter(), 100, None)
            hold("the entries of the fold", list(page.entries) == fold.page(Filter(), 100)[0], page)
            equal("counts", page.counts, fold.counts)
            for event in await logged(store, [told(channel)]):
                fold.apply(event)


RULES = (expiry, retention)
