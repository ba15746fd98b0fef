"""Rules of a store's memory for ids: what comes twice, and what may not come at all."""

from __future__ import annotations

from datetime import timedelta

from tidings.errors import Conflict
from tidings.event import Stored
from tidings.names import USER_PREFIX
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import a_channel, an_inbox, append, offsets, offsets_in_log, said, told


@rule("store.batch.one_bad_event")
async def one_bad_event(far: FarSide) -> None:
    """An event that cannot be stored fails alone, in its place, and leaves no hole."""
    async with far.store() as store:
        channel = an_inbox()
        await append(store, [said(channel, b"1", id="taken")])
        batch = [told(channel), said(channel, b"2", id="taken"), said(channel)]
        good, bad, last = await store.persist(events=batch)
        hold("Stored for the one before", isinstance(good, Stored), good)
        hold("a Conflict for a used id", isinstance(bad, Conflict), bad)
        hold("Stored for the one behind", isinstance(last, Stored), last)
        equal("offsets in the log", await offsets_in_log(store, channel), [1, 2, 3])


@rule("store.ids.duplicate")
async def duplicate(far: FarSide) -> None:
    """The same id with the same content is answered with its old position, and adds nothing."""
    async with far.store() as store:
        for event in (said(a_channel()), told(an_inbox())):
            channel = event.channel
            other = said(channel)
            first, _, twin = await append(store, [event, other, event])
            (again,) = await append(store, [event])
            for answer in (twin, again):
                equal("its position", answer.position, first.position)
                equal("duplicate", answer.duplicate, True)
            equal("duplicate, of the first", first.duplicate, False)
            equal("offsets in the log", await offsets_in_log(store, channel), [1, 2])


@rule("store.ids.created_at")
async def created_at(far: FarSide) -> None:
    """When a notification was made is no part of its content."""
    async with far.store() as store:
        channel = an_inbox()
        await append(store, [told(channel, id="n", created_at="2029-01-01T00:00Z")])
        (again,) = await append(store, [told(channel, id="n", created_at="2029-01-02T00:00Z")])
        equal("duplicate", again.duplicate, True)


@rule("store.ids.conflict")
async def conflict(far: FarSide) -> None:
    """The same id with other content is a Conflict, and changes nothing."""
    async with far.store() as store:
        channel = an_inbox()
        await append(store, [told(channel, id="n"), said(channel, b"1", id="s")])
        for event in (told(channel, id="n", heading="Other"), said(channel, b"2", id="s")):
            (answer,) = await store.persist(events=[event])
            hold(f"a Conflict for id {event.id!r}", isinstance(answer, Conflict), answer)
        equal("offsets in the log", await offsets_in_log(store, channel), [1, 2])


@rule("store.ids.per_channel")
async def ids_per_channel(far: FarSide) -> None:
    """One id on several channels is several events: a push to many users is one batch."""
    async with far.store() as store:
        users = [an_inbox() for _ in range(20)]
        stored = await append(store, (told(channel, id="n") for channel in users))
        equal("offsets of one push to 20 users", offsets(stored), [1] * 20)


@rule("store.ids.known_after_trim")
async def known_after_trim(far: FarSide) -> None:
    """An id is known for 7 days after its event was trimmed."""
    async with far.store() as store:
        channel, plain = an_inbox(), a_channel()
        events = [told(channel, id="n"), said(channel, b"1", id="s"), said(plain, b"1", id="s")]
        first = await append(store, events)
        await store.trim(channel, 2)
        await store.trim(plain, 1)
        far.now += timedelta(days=6)
        again = await append(store, events)
        equal("positions", [s.position for s in again], [s.position for s in first])
        equal("duplicates", [s.duplicate for s in again], [True] * 3)
        (other,) = await store.persist(events=[said(channel, b"2", id="s")])
        hold("a Conflict for other content", isinstance(other, Conflict), other)


@rule("store.ids.case")
async def ids_by_case(far: FarSide) -> None:
    """Ids, like users, that differ in case alone are different."""
    async with far.store() as store:
        small, large = USER_PREFIX + "kit-x", USER_PREFIX + "KIT-X"
        events = [told(small, id="n"), told(small, id="N"), told(large, id="n")]
        equal("offsets", offsets(await append(store, events)), [1, 2, 1])


RULES = (
    one_bad_event,
    duplicate,
    created_at,
    conflict,
    ids_per_channel,
    known_after_trim,
    ids_by_case,
)
