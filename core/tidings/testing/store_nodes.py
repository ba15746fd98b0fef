"""Rules of a store's ends: opened again, opened twice, and what carriers still owe."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tidings.changes import OPENED, Change
from tidings.event import Event
from tidings.protocols import Outbox, Revocations, Schedule
from tidings.testing.far_side import CARRIER, FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import a_channel, an_inbox, append, fired, logged, offsets, said, told


@rule("store.connect.again")
async def connect_again(far: FarSide) -> None:
    """A store that was closed and is connected again goes on where it was."""
    channel, plugin = an_inbox(), far.plugin()
    async with far.store(plugin) as store:
        (stored,) = await append(store, [told(channel)])
    async with far.store(plugin) as store:
        equal("the head", (await store.heads([channel]))[channel], stored.position)
        equal("the next offset", offsets(await append(store, [told(channel)])), [2])


@rule("store.connect.durable", "durable")
async def durable(far: FarSide) -> None:
    """Another object on the same far side goes on where one left that is gone."""
    channel, one, other = an_inbox(), far.plugin(), far.plugin()
    hold("a far side that outlives an object on it", one is not other, one)
    async with far.store(one) as store:
        (stored,) = await append(store, [told(channel)])
    async with far.store(other) as store:
        equal("the head", (await store.heads([channel]))[channel], stored.position)


@rule("store.nodes.one_log")
async def one_log(far: FarSide) -> None:
    """Two nodes that write at once write one log, without holes, and read each other's."""
    async with far.store() as one, far.store() as other:
        channel = an_inbox()
        batches = [
            append(store, [told(channel) for _ in range(5)]) for store in (one, other, one, other)
        ]
        stored = [event for batch in await asyncio.gather(*batches) for event in batch]
        equal("offsets given", sorted(offsets(stored)), list(range(1, 21)))
        for store in (one, other):
            recalled = (await store.recall(channel, 0, 100)).events
            equal("offsets in the log", offsets(recalled), list(range(1, 21)))


@rule("store.fresh.apart")
async def apart(far: FarSide) -> None:
    """A store on another far side shares nothing with it."""
    async with far.another() as elsewhere, far.store() as one, elsewhere.store() as other:
        channel = a_channel()
        await append(one, [said(channel, id="s")])
        equal("the head elsewhere", (await other.heads([channel]))[channel].offset, 0)
        (stored,) = await append(other, [said(channel, id="s")])
        equal("duplicate elsewhere", stored.duplicate, False)


@rule("store.outbox.in_order", Outbox)
async def owed_in_order(far: FarSide) -> None:
    """A carrier owes every event that is persisted, in order, until it is settled."""
    async with far.store() as store:
        one, other = an_inbox(), a_channel()
        happenings = [told(one, id="n"), said(other), Change(OPENED, ("n",)).event(one), told(one)]
        events = await logged(store, happenings)
        equal("owed at first", await _owed(store, 10), events)
        equal("owed, three at most", await _owed(store, 3), events[:3])
        await store.settle(CARRIER, [events[0], events[2]])
        equal("owed after settling two", await _owed(store, 10), [events[1], events[3]])
        await store.settle(CARRIER, events)
        equal("owed after settling all", await _owed(store, 10), [])


@rule("store.outbox.kept", Outbox)
async def owed_after_close(far: FarSide) -> None:
    """What is owed is still owed once the store was closed and connected again, or trimmed."""
    channel, plugin = an_inbox(), far.plugin()
    async with far.store(plugin) as store:
        events = await logged(store, [told(channel), told(channel)])
        await store.trim(channel, 1)
    async with far.store(plugin) as store:
        equal("owed after closing", await _owed(store, 10), events)


@rule("store.outbox.fired", Outbox, Schedule)
async def fired_is_owed(far: FarSide) -> None:
    """What the store appends by itself is owed as well."""
    async with far.store() as store:
        channel = an_inbox()
        await store.schedule([told(channel)], far.now + timedelta(hours=1))
        events = await fired(far, store, far.now + timedelta(hours=2))
        equal("owed", await _owed(store, 10), list(events))


@rule("store.revocations.newest", Revocations)
async def revocations(far: FarSide) -> None:
    """From when on a user's tokens count is kept to the second, each user's alone."""
    async with far.store() as store:
        equal("before any", await store.not_before("ann"), None)
        await store.revoke("ann", far.now)
        later = far.now + timedelta(hours=1)
        await store.revoke("ann", later)
        moment = await store.not_before("ann")
        close = moment is not None and abs(moment - later) < timedelta(seconds=1)
        hold(f"the later moment, {later}", close, moment)
        equal("another user's", await store.not_before("Ann"), None)


async def _owed(store: Outbox, limit: int) -> list[Event]:
    return [owed.event for owed in await store.owed(CARRIER, limit)]


RULES = (
    connect_again,
    durable,
    one_log,
    apart,
    owed_in_order,
    owed_after_close,
    fired_is_owed,
    revocations,
)
