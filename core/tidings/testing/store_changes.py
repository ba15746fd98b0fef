"""Rules of what state changes do to an inbox, and of the counts that come with every event."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tidings.changes import ARCHIVED, DELETED, OPENED, SEEN, SETS, Change
from tidings.errors import InvalidData, StalePosition
from tidings.event import Counts, Event, Position, Stored
from tidings.inbox_fold import Fold
from tidings.page import Filter
from tidings.protocols import InboxRows
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import an_inbox, append, logged, offsets_in_log, said, told


@rule("store.counts.equal_fold", InboxRows)
async def equal_fold(far: FarSide) -> None:
    """Whatever happens to an inbox, each event has the counts after it, as the fold has them."""
    async with far.store() as store:
        channel, fold, random = an_inbox(), Fold(), Random(3)  # noqa: S311
        epoch = (await store.heads([channel]))[channel].epoch
        happenings = list(_happenings(channel, epoch, random))
        while happenings:
            size = random.randint(1, 9)
            for event in await logged(store, happenings[:size]):
                fold.apply(event)
                equal(f"counts after {event.name} at {event.position}", event.counts, fold.counts)
            del happenings[:size]
        equal("counts", await store.counts(channel), fold.counts)
        page = await store.page(channel, Filter(), 1000, None)
        entries, _ = fold.page(Filter(), 1000)
        hold("the entries of the fold", list(page.entries) == entries, page.entries)


@rule("store.counts.in_log", InboxRows)
async def counts_in_log(far: FarSide) -> None:
    """Counts are recalled with the events, as they were answered."""
    async with far.store() as store:
        channel = an_inbox()
        happenings = [told(channel, id="n"), told(channel), said(channel)]
        stored = await logged(store, [*happenings, Change(OPENED, ("n",)).event(channel)])
        recalled = (await store.recall(channel, 0, 10)).events
        expected = [Counts(1, 1), Counts(2, 2), Counts(2, 2), Counts(1, 1)]
        equal("counts as answered", [event.counts for event in stored], expected)
        equal("counts as recalled", [event.counts for event in recalled], expected)


@rule("store.changes.through", InboxRows)
async def change_through(far: FarSide) -> None:
    """A change through a position leaves alone what came in behind it."""
    async with far.store() as store:
        channel = an_inbox()
        _, second, _ = await append(store, (told(channel, id=i) for i in "abc"))
        await append(store, [Change(SEEN, through=second.position).event(channel)])
        page = await store.page(channel, Filter("unseen"), 10, None)
        equal("unseen after seeing two of three", [e.id for e in page.entries], ["c"])


@rule("store.changes.category", InboxRows)
async def change_category(far: FarSide) -> None:
    """A change through a position, of one category, leaves the others alone."""
    async with far.store() as store:
        channel = an_inbox()
        events = (told(channel, id=i, category=c) for i, c in zip("abc", ["x", "X", None]))  # noqa: B905
        *_, last = await append(store, events)
        change = Change(ARCHIVED, through=last.position, category="x")
        await append(store, [change.event(channel)])
        page = await store.page(channel, Filter("archived"), 10, None)
        equal("archived of category x", [e.id for e in page.entries], ["a"])


@rule("store.changes.unknown_ids", InboxRows)
async def unknown_ids(far: FarSide) -> None:
    """Ids that the inbox does not have are passed over; the change is in the log all the same."""
    async with far.store() as store:
        channel = an_inbox()
        await append(store, [told(channel, id="n")])
        (change,) = await append(store, [Change(DELETED, ("x", "n", "x")).event(channel)])
        equal("its counts", change.counts, Counts(0, 0))
        (none,) = await append(store, [Change(OPENED, ("n", "y")).event(channel)])
        equal("counts after opening what is deleted", none.counts, Counts(0, 0))
        equal("offsets in the log", await offsets_in_log(store, channel), [1, 2, 3])


@rule("store.changes.stale_epoch", InboxRows)
async def stale_epoch(far: FarSide) -> None:
    """A change through a position of another log is refused alone, and leaves no trace."""
    async with far.store() as store:
        channel = an_inbox()
        await append(store, [told(channel)])
        stale = Change(OPENED, through=Position("another-epoch", 1)).event(channel)
        refused, stored = await store.persist(events=[stale, said(channel)])
        hold("a StalePosition", isinstance(refused, StalePosition), refused)
        hold("Stored for the event behind it", isinstance(stored, Stored), stored)
        equal("counts", await store.counts(channel), Counts(1, 1))
        equal("offsets in the log", await offsets_in_log(store, channel), [1, 2])


@rule("store.changes.malformed", InboxRows)
async def malformed(far: FarSide) -> None:
    """A change whose data is none is refused alone, and leaves no trace."""
    async with far.store() as store:
        channel = an_inbox()
        bad = [said(channel, data, name=OPENED) for data in (b"[]", b'{"through": 1}', b"{")]
        *refused, stored = await store.persist(events=[*bad, told(channel)])
        wrong = [answer for answer in refused if not isinstance(answer, InvalidData)]
        hold("InvalidData for each", not wrong, wrong)
        equal("counts of the good one", getattr(stored, "counts", stored), Counts(1, 1))
        equal("offsets in the log", await offsets_in_log(store, channel), [1])


def _happenings(channel: str, epoch: str, random: Random) -> Iterator[Event]:
    """Return notifications, plain events and changes of every kind, by ids and of all."""
    ids = [f"n{number}" for number in range(60)]
    for offset in range(150):
        kind = random.choice(["told", "told", "said", "some", "all"])
        if kind == "told" and ids:
            yield told(channel, id=ids.pop(), category=random.choice(["x", "y", None]))
        elif kind == "some":
            chosen = tuple(f"n{random.randrange(60)}" for _ in range(random.randint(1, 8)))
            yield Change(random.choice([*SETS, DELETED]), chosen).event(channel)
        elif kind == "all":
            through, category = Position(epoch, random.randint(0, offset)), random.choice("xyz")
            of = None if category == "z" else category
            yield Change(random.choice(list(SETS)), through=through, category=of).event(channel)
        else:
            yield said(channel)


RULES = (
    equal_fold,
    counts_in_log,
    change_through,
    change_category,
    unknown_ids,
    stale_epoch,
    malformed,
)
