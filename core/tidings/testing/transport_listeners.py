"""Rules of who hears what, and from when until when."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack

from tidings.event import Event
from tidings.testing.far_side import FarSide
from tidings.testing.heard import pushed
from tidings.testing.rules import equal, rule
from tidings.testing.samples import a_channel, said


@rule("transport.subscribe.confirmed", "subscribe")
async def confirmed(far: FarSide) -> None:
    """What is pushed right after `subscribe` was entered is heard."""
    async with far.transport() as node, far.transport() as other, AsyncExitStack() as stack:
        heard, events = far.heard(), list[Event]()
        for _ in range(10):
            channel = a_channel()
            await stack.enter_async_context(node.subscribe(channel=channel, deliver=heard))
            events += await pushed(other, [said(channel)])
        await heard.all_of(events)


@rule("transport.subscribe.own_channel", "subscribe")
async def own_channel(far: FarSide) -> None:
    """A listener hears its own channel alone, also among names that look like patterns."""
    async with far.transport() as node, far.transport() as other, AsyncExitStack() as stack:
        names = ["kit_a", "kit-a", "KIT_A", "kit_a;", "kit_", "kit.a", "private-kit_a"]
        heard = {name: far.heard() for name in names}
        for name, listener in heard.items():
            await stack.enter_async_context(node.subscribe(channel=name, deliver=listener))
        events = await pushed(other, [said(name) for name in names])
        for event in events:
            await heard[event.channel].all_of([event])
        for event in events:
            equal(f"heard on {event.channel!r}", heard[event.channel].events, [event])


@rule("transport.subscribe.left", "subscribe")
async def left(far: FarSide) -> None:
    """Once left, nothing more is heard; entered anew, it is again."""
    async with far.transport() as node, far.transport() as other:
        channel, fence = a_channel(), a_channel()
        first, second, witness = (far.heard() for _ in range(3))
        async with node.subscribe(channel=fence, deliver=witness):
            async with node.subscribe(channel=channel, deliver=first):
                await first.all_of(await pushed(other, [said(channel)]))
            await witness.all_of((await pushed(other, [said(channel), said(fence)]))[1:])
            equal("how many were heard by one that left", len(first.events), 1)
            async with node.subscribe(channel=channel, deliver=second):
                await second.all_of(await pushed(other, [said(channel)]))
        equal("how many the second heard", len(second.events), 1)


@rule("transport.subscribe.many", "subscribe")
async def many(far: FarSide) -> None:
    """Many channels are entered at the same time, and each is heard."""
    async with far.transport() as node, far.transport() as other:
        channels = [a_channel() for _ in range(50)]
        events = {name: said(name) for name in channels}
        ready = asyncio.Barrier(len(channels) + 1)

        async def listen(name: str) -> None:
            """Hear one channel's event, and no other."""
            heard = far.heard()
            async with node.subscribe(channel=name, deliver=heard):
                await ready.wait()
                await heard.all_of([events[name]])

        async with asyncio.TaskGroup() as group:
            for name in channels:
                group.create_task(listen(name))
            await ready.wait()
            await pushed(other, list(events.values()))


@rule("transport.subscribe.on_loop", "subscribe")
async def on_loop(far: FarSide) -> None:
    """`deliver` is called from the event loop's thread."""
    async with far.transport() as node, far.transport() as other:
        heard, channel = far.heard(), a_channel()
        async with node.subscribe(channel=channel, deliver=heard):
            await heard.all_of(await pushed(other, [said(channel)]))
        equal("threads it was called from", heard.threads, {threading.get_ident()})


@rule("transport.nodes.all_hear", "subscribe")
async def all_hear(far: FarSide) -> None:
    """Every node that listens hears what any node pushes."""
    async with far.transport() as one, far.transport() as other, far.transport() as third:
        first, second, channel = far.heard(), far.heard(), a_channel()
        async with (
            one.subscribe(channel=channel, deliver=first),
            other.subscribe(channel=channel, deliver=second),
        ):
            events: list[Event] = []
            for node in (one, other, third):
                events += await pushed(node, [said(channel)])
            await first.all_of([event for event in events if event != events[0]])
            await second.all_of([event for event in events if event != events[1]])


@rule("transport.nodes.hears_itself", "subscribe", "local")
async def hears_itself(far: FarSide) -> None:
    """A local broker brings a process what it pushed itself."""
    async with far.transport() as node:
        heard, channel = far.heard(), a_channel()
        async with node.subscribe(channel=channel, deliver=heard):
            await heard.all_of(await pushed(node, [said(channel)]))


RULES = (
    confirmed,
    own_channel,
    left,
    many,
    on_loop,
    all_hear,
    hears_itself,
)
