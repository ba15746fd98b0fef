"""Rules of opening and closing that are the same for plugins of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from tidings.access import AccessRequest, Identity
from tidings.registry import Hooks
from tidings.testing import leftovers
from tidings.testing.cut_short import cancelled, cut_short
from tidings.testing.far_side import FarSide
from tidings.testing.rules import Rule, rule
from tidings.testing.samples import a_channel, said


def connect_rules(kind: str) -> Sequence[Rule]:
    """Return these rules for a kind of plugin, which its name stands in their ids for."""
    return (
        rule(f"{kind}.connect.cancelled", "connect")(_cancelled),
        rule(f"{kind}.connect.no_task_left")(_no_task_left),
        rule(f"{kind}.connect.no_thread_left")(_no_thread_left),
        rule(f"{kind}.connect.no_descriptor_left")(_no_descriptor_left),
    )


async def _cancelled(far: FarSide) -> None:
    """Cancelled while it connects, or later, it is closed; connected anew, it works."""
    plugin, before = far.plugin(), leftovers.tasks()
    entered = asyncio.Event()

    async def connect() -> None:
        async with far.connected(plugin):
            entered.set()

    async def stay() -> None:
        async with far.connected(plugin):
            entered.set()
            await asyncio.Event().wait()

    async for _ in cut_short(connect):
        pass
    entered.clear()
    staying = asyncio.create_task(stay())
    await entered.wait()
    await cancelled(staying)
    await leftovers.gone("task", leftovers.tasks, before, far.within)
    await _used(far, plugin)


async def _no_task_left(far: FarSide) -> None:
    """Once closed, no task of it is left."""
    before = leftovers.tasks()
    await _used(far, far.plugin())
    await leftovers.gone("task", leftovers.tasks, before, 0)


async def _no_thread_left(far: FarSide) -> None:
    """Once closed, no thread of it is left, or none for long."""
    plugin = far.plugin()
    await _used(far, plugin)  # what is made once, and kept, is no leak
    before = leftovers.threads()
    await _used(far, plugin)
    await leftovers.gone("thread", leftovers.threads, before, far.within)


async def _no_descriptor_left(far: FarSide) -> None:
    """Once closed, none of its sockets and files is open, or none for long."""
    plugin = far.plugin()
    await _used(far, plugin)
    before = leftovers.descriptors()
    await _used(far, plugin)
    await leftovers.gone("open descriptor", leftovers.descriptors, before, far.within)


async def _used(far: FarSide, plugin: object) -> None:
    """Connect a plugin, have it do once each thing that it does, and close it."""
    hooks, channel = Hooks([plugin]), a_channel()
    async with far.connected(plugin), AsyncExitStack() as stack:
        for authorize in hooks.authorize.values():
            await authorize(request=AccessRequest(Identity("kit-ann"), channel))
        for persist in hooks.persist.values():
            await persist(events=[said(channel)])
        for transport in hooks.transports:
            if transport.subscribe is not None:
                hear = transport.subscribe(channel=channel, deliver=far.heard())
                await stack.enter_async_context(hear)
            await transport.push(events=[said(channel)])
