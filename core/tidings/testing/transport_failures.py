"""Rules of bad moments: a call that is cancelled, a listener that stalls, a second application."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack

from tidings.event import Event
from tidings.options import Options
from tidings.presence import Member
from tidings.testing.cut_short import cut_short
from tidings.testing.far_side import FarSide
from tidings.testing.heard import pushed
from tidings.testing.rules import equal, rule
from tidings.testing.samples import a_channel, said

STALL = 0.2
"""How long a listener stalls, in seconds."""


@rule("transport.push.cancelled")
async def push_cancelled(far: FarSide) -> None:
    """After a push that was cancelled in the middle, the same events can be pushed, and come."""
    async with far.transport() as node, far.transport() as other, AsyncExitStack() as stack:
        heard, channel, events = far.heard(), a_channel(), list[Event]()
        if listens := hasattr(node, "subscribe"):
            await stack.enter_async_context(node.subscribe(channel=channel, deliver=heard))

        async def push() -> None:
            """Push new events."""
            events[:] = [said(channel) for _ in range(3)]
            await other.push(events=events)

        again: list[Event] = []
        async for _ in cut_short(push):
            again += await pushed(other, events)
        if listens:
            await heard.all_of(again)


@rule("transport.subscribe.cancelled", "subscribe")
async def subscribe_cancelled(far: FarSide) -> None:
    """Cancelled while it is entered, a subscription hears nothing, and the next one does."""
    async with far.transport() as node, far.transport() as other:
        channel, gone, heard = a_channel(), far.heard(), far.heard()

        async def listen() -> None:
            """Enter a subscription and leave it."""
            async with node.subscribe(channel=channel, deliver=gone):
                pass

        async for _ in cut_short(listen):
            async with node.subscribe(channel=channel, deliver=heard):
                pass
        async with node.subscribe(channel=channel, deliver=heard):
            await heard.all_of(await pushed(other, [said(channel)]))
        equal("heard by those that were cancelled", gone.events, [])


@rule("transport.subscribe.stalled", "subscribe")
async def stalled(far: FarSide) -> None:
    """What is pushed while a listener holds the loop up waits: all of a full batch is heard."""
    async with far.transport() as node, far.transport() as other:
        heard, channel = far.heard(), a_channel()

        def stall(event: Event) -> None:
            """Take long over the first, as an application does that blocks its loop."""
            if not heard.events:
                time.sleep(STALL)
            heard(event)

        async with node.subscribe(channel=channel, deliver=stall):
            full = [said(channel) for _ in range(Options().push_batch)]
            await heard.all_of(await pushed(other, full))


@rule("transport.fresh.apart", "subscribe")
async def apart(far: FarSide) -> None:
    """Nothing of one far side is heard on another, nor is anybody there who is on the other."""
    channel, here, there = "presence-kit", far.heard(), far.heard()
    async with (
        far.another() as elsewhere,
        far.transport() as one,
        far.transport() as third,
        elsewhere.transport() as other,
        elsewhere.transport() as fourth,
        one.subscribe(channel=channel, deliver=here),
        other.subscribe(channel=channel, deliver=there),
        AsyncExitStack() as stack,
    ):
        if one.abilities.presence:
            await stack.enter_async_context(one.enter(channel, Member("ann")))
            equal("members elsewhere", list(await other.members(channel)), [])
        await here.all_of(await pushed(third, [said(channel)]))
        await there.all_of(await pushed(fourth, [said(channel)]))
        equal("how many events were heard elsewhere", len(there.events), 1)


RULES = (push_cancelled, subscribe_cancelled, stalled, apart)
