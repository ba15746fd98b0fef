"""Rules of what is scheduled: once, when due, and not if cancelled."""

from __future__ import annotations

from datetime import timedelta

from tidings.errors import Conflict
from tidings.protocols import Schedule
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import an_inbox, append, fired, offsets, offsets_in_log, told

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


@rule("store.schedule.once", Schedule)
async def fires_once(far: FarSide) -> None:
    """What is scheduled is appended when due: not before, once, and in the log by then."""
    async with far.store() as store:
        channel, at = an_inbox(), far.now + _HOUR
        event = told(channel)
        (scheduled,) = await store.schedule([event], at)
        equal("the answer", scheduled, (at, False))
        equal("fired a second before", await fired(far, store, at - _SECOND), [])
        (done,) = await fired(far, store, at + _SECOND)
        equal("offset of what is fired", offsets([done]), [1])
        equal("what is fired", (done.id, done.data), (event.id, event.data))
        equal("what the log has", list((await store.recall(channel, 0, 9)).events), [done])
        equal("fired later", await fired(far, store, at + _HOUR), [])


@rule("store.schedule.due", Schedule)
async def tells_when_due(far: FarSide) -> None:
    """`fire` appends no more than `limit` events, in the order they fall due, and tells the next.

    Nothing due is left out once it is called often enough.
    """
    async with far.store() as store:
        channel = an_inbox()
        for hours in (3, 1, 2):
            await store.schedule([told(channel, id=f"{hours}")], far.now + hours * _HOUR)
        nothing = await store.fire(far.now, 10)
        equal("fired before the first", list(nothing.events), [])
        hold("due by then", nothing.due and nothing.due <= far.now + _HOUR, nothing.due)
        far.now += 2 * _HOUR + _SECOND
        first = await store.fire(far.now, 1)
        equal("fired, one at most", [event.id for event in first.events], ["1"])
        hold("due now", first.due and first.due <= far.now, first.due)
        second = await fired(far, store, far.now)
        equal("fired, the others", [event.id for event in second], ["2"])
        equal("offsets", offsets([*first.events, *second]), [1, 2])


@rule("store.schedule.ids", Schedule)
async def scheduled_ids(far: FarSide) -> None:
    """A known id is a duplicate, or a Conflict, whether its event is scheduled or in the log."""
    async with far.store() as store:
        channel, at = an_inbox(), far.now + _HOUR
        later, stored = told(channel, id="later"), told(channel, id="stored")
        await append(store, [stored])
        await store.schedule([later], at)
        answers = await store.schedule([later, stored], at)
        equal(
            "duplicates", [getattr(answer, "duplicate", answer) for answer in answers], [True] * 2
        )
        others = [told(channel, id=i, heading="Other") for i in ("later", "stored")]
        for answer in await store.schedule(others, at):
            hold("a Conflict", isinstance(answer, Conflict), answer)
        equal("ids fired", [event.id for event in await fired(far, store, at + _HOUR)], ["later"])


@rule("store.schedule.pushed_meanwhile", Schedule)
async def pushed_meanwhile(far: FarSide) -> None:
    """What is scheduled and pushed before its time comes once."""
    async with far.store() as store:
        channel, at = an_inbox(), far.now + _HOUR
        event = told(channel)
        await store.schedule([event], at)
        await append(store, [event])
        equal("fired when due", await fired(far, store, at + _SECOND), [])
        equal("offsets in the log", await offsets_in_log(store, channel), [1])


@rule("store.schedule.cancel", Schedule)
async def cancel(far: FarSide) -> None:
    """Cancelling drops what is scheduled under an id, for every user, and says for how many."""
    async with far.store() as store:
        at, one, other = far.now + _HOUR, an_inbox(), an_inbox()
        await store.schedule([told(channel, id="n") for channel in (one, other)], at)
        await store.schedule([told(one, id="kept")], at)
        equal("users cancelled for", await store.cancel("n"), 2)
        equal("cancelled again", await store.cancel("n"), 0)
        equal("ids fired", [event.id for event in await fired(far, store, at + _SECOND)], ["kept"])
        equal("cancelled once fired", await store.cancel("kept"), 0)


@rule("store.schedule.forget", Schedule)
async def forget_scheduled(far: FarSide) -> None:
    """What is scheduled for a user who is forgotten never comes."""
    async with far.store() as store:
        channel, at = an_inbox(), far.now + _HOUR
        await store.schedule([told(channel)], at)
        await store.forget(channel)
        equal("fired when due", await fired(far, store, at + _SECOND), [])


@rule("store.schedule.carried", "carries", Schedule)
async def fires_nothing(far: FarSide) -> None:
    """A store that carries has nothing to hand on when asked to fire: it is carried where it is."""
    async with far.store() as store:
        await store.schedule([told(an_inbox())], far.now + _HOUR)
        equal("fired when due", await fired(far, store, far.now + 2 * _HOUR), [])


RULES = (
    fires_once,
    tells_when_due,
    scheduled_ids,
    pushed_meanwhile,
    cancel,
    forget_scheduled,
    fires_nothing,
)
