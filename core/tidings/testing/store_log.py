"""Rules of a store's log: offsets, batches, readings, names and sizes."""

from __future__ import annotations

from tidings.encoding import DATA_LIMIT
from tidings.event import Position, Recalled
from tidings.names import CHANNEL_LIMIT, EVENT_LIMIT, USER_PREFIX
from tidings.testing.far_side import FarSide
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import a_channel, an_inbox, append, logged, offsets, said, told


@rule("store.offsets.no_holes")
async def no_holes(far: FarSide) -> None:
    """A channel's offsets run from 1 without holes, in one epoch, whatever the batches."""
    async with far.store() as store:
        for channel, event in ((a_channel(), said), (an_inbox(), told)):
            stored = await append(store, [event(channel)])
            stored += await append(store, [said(channel) for _ in range(5)])
            stored += await append(store, [event(channel), said(channel)])
            equal("offsets of 8 events in 3 batches", offsets(stored), list(range(1, 9)))
            equal("how many epochs they have", len({s.position.epoch for s in stored}), 1)


@rule("store.offsets.per_channel")
async def per_channel(far: FarSide) -> None:
    """Every channel counts for itself, also within one batch."""
    async with far.store() as store:
        one, other = a_channel(), a_channel()
        stored = await append(store, map(said, (one, other, one, one, other)))
        equal("offsets of a batch on two channels", offsets(stored), [1, 1, 2, 3, 2])


@rule("store.recall.as_persisted")
async def as_persisted(far: FarSide) -> None:
    """An event is recalled as it was persisted, byte for byte, with its position."""
    async with far.store() as store:
        channel = a_channel()
        odd = [
            said(channel, b'{ "spaced" :\t[1.50, 1e3, "\\u00e9"] }', origin="connection 7"),
            said(channel, '"Grüße, 世界 👋🏽 \\u0000"'.encode(), name="grüße 👋"),
            said(channel, b"null", id="!id~" * 32),
        ]
        stored = await logged(store, odd)
        recalled = list((await store.recall(channel, 0, 10)).events)
        equal("what is recalled", recalled, stored)


@rule("store.recall.windows")
async def windows(far: FarSide) -> None:
    """`recall` gives up to `limit` events with offsets above `after`, oldest first."""
    async with far.store() as store:
        channel = a_channel()
        await append(store, (said(channel) for _ in range(7)))
        for after, limit, expected in ((0, 3, [1, 2, 3]), (2, 2, [3, 4]), (5, 9, [6, 7])):
            answer = await store.recall(channel, after, limit)
            equal(f"offsets after {after}, {limit} at most", offsets(answer.events), expected)
        for after in (7, 8, 1000):
            answer = await store.recall(channel, after, 5)
            equal(f"offsets after {after}, of 7", offsets(answer.events), [])
            equal("first and head", (answer.first, answer.head), (1, 7))


@rule("store.heads.together")
async def heads_together(far: FarSide) -> None:
    """`heads` answers for exactly the channels asked about, with what was last persisted."""
    async with far.store() as store:
        one, other, unwritten = a_channel(), an_inbox(), a_channel()
        stored = await append(store, [said(one), said(one), told(other)])
        heads = await store.heads([one, other, unwritten])
        equal("channels answered for", set(heads), {one, other, unwritten})
        equal("the heads", [heads[one], heads[other]], [s.position for s in stored[1:]])
        equal("the answer about no channel", dict(await store.heads([])), {})


@rule("store.unwritten.stable")
async def unwritten(far: FarSide) -> None:
    """A channel never written to has head 0 and an epoch, which its first event is of."""
    async with far.store() as store:
        channel = an_inbox()
        head = (await store.heads([channel]))[channel]
        equal("its offset", head.offset, 0)
        equal("its head, asked again", (await store.heads([channel]))[channel], head)
        answer = await store.recall(channel, 0, 10)
        equal("its log", answer._replace(events=()), Recalled((), head.epoch, 1, 0))
        equal("events in its log", list(answer.events), [])
        (stored,) = await append(store, [told(channel)])
        equal("the position of its first event", stored.position, Position(head.epoch, 1))


@rule("store.limits.names_and_sizes")
async def names_and_sizes(far: FarSide) -> None:
    """The longest names and the largest data that the core lets in are stored whole."""
    async with far.store() as store:
        channel = USER_PREFIX + "k" * (CHANNEL_LIMIT - len(USER_PREFIX))
        data = b'"' + b"x" * (DATA_LIMIT - 2) + b'"'
        events = [said(channel, data, name="👋" * EVENT_LIMIT), said("-_=@,.;", b"{}")]
        stored = await logged(store, events)
        for event in stored:
            answer = await store.recall(event.channel, 0, 1)
            hold(f"{event.channel!r} recalled whole", list(answer.events) == [event], answer.head)


@rule("store.limits.channels_apart")
async def channels_apart(far: FarSide) -> None:
    """Channels whose names differ by case, or by a sign that patterns use, are different ones."""
    async with far.store() as store:
        names = ["kit_a", "kit-a", "kitXa", "KIT_A", "kit_a;", "kit_a,", "kit_"]
        await append(store, (said(name) for name in names))
        heads = await store.heads(names)
        equal("heads of channels written to once each", {heads[n].offset for n in names}, {1})


RULES = (
    no_holes,
    per_channel,
    as_persisted,
    windows,
    heads_together,
    unwritten,
    names_and_sizes,
    channels_apart,
)
