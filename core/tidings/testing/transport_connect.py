"""Rules of opening and closing a transport: again, without loss, and leaving nothing behind."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from tidings.testing.far_side import FarSide
from tidings.testing.heard import pushed
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import a_channel, said


@rule("transport.connect.again", "subscribe")
async def connect_again(far: FarSide) -> None:
    """A transport that was closed is connected again, and carries as before."""
    plugin, channel = far.plugin(), a_channel()
    for _ in range(2):
        async with far.transport(plugin) as node, far.transport() as other:
            heard = far.heard()
            async with node.subscribe(channel=channel, deliver=heard):
                await heard.all_of(await pushed(other, [said(channel)]))
            equal("how many were heard", len(heard.events), 1)


@rule("transport.connect.loses_nothing", "subscribe")
async def loses_nothing(far: FarSide) -> None:
    """Closing right after a push loses nothing of it."""
    async with far.transport() as node:
        heard, channel = far.heard(), a_channel()
        events = [said(channel) for _ in range(50)]
        async with node.subscribe(channel=channel, deliver=heard):
            async with far.transport() as other:
                await pushed(other, events)
            await heard.all_of(events)


@rule("transport.connect.no_task_left")
async def no_task_left(far: FarSide) -> None:
    """Once closed, no task of it is left."""
    before = asyncio.all_tasks()
    async with far.transport() as transport, AsyncExitStack() as stack:
        channel = a_channel()
        if hasattr(transport, "subscribe"):
            heard = far.heard()
            await stack.enter_async_context(transport.subscribe(channel=channel, deliver=heard))
        await pushed(transport, [said(channel)])
    after = asyncio.all_tasks() - before
    hold("no task that was not there before", not after, after)


RULES = (connect_again, loses_nothing, no_task_left)
