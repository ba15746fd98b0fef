"""Rules of what a store erases: trimming, deleting, forgetting."""

from __future__ import annotations

from tidings.changes import DELETED, FORGOTTEN, REDACTED, Change
from tidings.event import Counts, Position
from tidings.page import Filter
from tidings.protocols import InboxRows
from tidings.registry import abilities_of
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import a_channel, an_inbox, append, offsets, offsets_in_log, said, told


@rule("store.trim.first")
async def trim_first(far: FarSide) -> None:
    """After a trim, `first` and the events say what is left; offsets go on as before."""
    async with far.store() as store:
        channel = a_channel()
        await append(store, (said(channel) for _ in range(5)))
        for through, left in ((3, [4, 5]), (1, [4, 5]), (5, []), (9, [])):
            await store.trim(channel, through)
            answer = await store.recall(channel, 0, 10)
            equal(f"offsets left by a trim of {through}", offsets(answer.events), left)
            first = left[0] if left else 6
            equal("first and head", (answer.first, answer.head), (first, 5))
        stored = await append(store, [said(channel)])
        equal("the offset after the trims", offsets(stored), [6])


@rule("store.trim.unwritten")
async def trim_unwritten(far: FarSide) -> None:
    """Trimming a channel that was never written to does nothing."""
    async with far.store() as store:
        channel = a_channel()
        head = (await store.heads([channel]))[channel]
        await store.trim(channel, 5)
        equal("its head", (await store.heads([channel]))[channel], head)
        equal("its first offset", offsets(await append(store, [said(channel)])), [1])


@rule("store.trim.keeps_inbox", InboxRows)
async def trim_keeps_inbox(far: FarSide) -> None:
    """The log is no inbox: trimming takes nothing out of it."""
    async with far.store() as store:
        channel = an_inbox()
        await append(store, (told(channel) for _ in range(3)))
        before = await store.page(channel, Filter(), 10, None)
        await store.trim(channel, 3)
        after = await store.page(channel, Filter(), 10, None)
        equal("entries after a trim of all", len(after.entries), 3)
        hold("the same entries", list(after.entries) == list(before.entries), after.entries)
        equal("counts", after.counts, Counts(3, 3))


@rule("store.delete.redacts", InboxRows)
async def delete_redacts(far: FarSide) -> None:
    """A deleted notification's content leaves the log too; its id, position and memory stay."""
    async with far.store() as store:
        channel = an_inbox()
        secret = told(channel, id="n", heading="The secret")
        (position,) = (s.position for s in await append(store, [secret]))
        await append(store, [told(channel), Change(DELETED, ("n",)).event(channel)])
        redacted = (await store.recall(channel, 0, 10)).events[0]
        said_now = (redacted.name, redacted.id, redacted.position)
        equal("what stands in its place", said_now, (REDACTED, "n", position))
        hold("no content left", b"secret" not in redacted.data, redacted.data)
        (again,) = await append(store, [secret])
        equal("pushing it again", (again.position, again.duplicate), (position, True))


@rule("store.delete.through_redacts", InboxRows)
async def delete_through_redacts(far: FarSide) -> None:
    """Deleting all up to a position redacts all of those."""
    async with far.store() as store:
        channel = an_inbox()
        stored = await append(store, (told(channel) for _ in range(3)))
        await append(store, [Change(DELETED, through=stored[1].position).event(channel)])
        names = [event.name for event in (await store.recall(channel, 0, 9)).events[:3]]
        equal("which of three are redacted", [n == REDACTED for n in names], [True, True, False])


@rule("store.forget.new_epoch")
async def forget_new_epoch(far: FarSide) -> None:
    """A forgotten channel is a new one: another epoch, empty, knowing no id; others are not.

    A store that carries may have told the devices already: then its log begins with that.
    """
    async with far.store() as store:
        channel, other = an_inbox(), an_inbox()
        event = told(channel)
        (old, _) = await append(store, [event, told(other)])
        await store.forget(channel)
        head = (await store.heads([channel]))[channel]
        hold("another epoch", head.epoch != old.position.epoch, head)
        equal("its head, asked again", (await store.heads([channel]))[channel], head)
        left = (await store.recall(channel, 0, 10)).events
        told_already = abilities_of(store).carries and [event.name for event in left] == [FORGOTTEN]
        hold("nothing in its log", not left or told_already, left)
        equal("offsets in its log", offsets(left), list(range(1, head.offset + 1)))
        (new,) = await append(store, [event])
        at = Position(head.epoch, head.offset + 1)
        equal("the same event, new", (new.position, new.duplicate), (at, False))
        equal("offsets in another log", await offsets_in_log(store, other), [1])


@rule("store.forget.inbox", InboxRows)
async def forget_inbox(far: FarSide) -> None:
    """A forgotten user's inbox is empty."""
    async with far.store() as store:
        channel = an_inbox()
        await append(store, (told(channel) for _ in range(3)))
        await store.forget(channel)
        page = await store.page(channel, Filter(), 10, None)
        equal("entries and counts", (list(page.entries), page.counts), ([], Counts(0, 0)))
        equal("counts", await store.counts(channel), Counts(0, 0))


RULES = (
    trim_first,
    trim_unwritten,
    trim_keeps_inbox,
    delete_redacts,
    delete_through_redacts,
    forget_new_epoch,
    forget_inbox,
)
