"""Rules of what a transport claims in its abilities: each is as it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, cast

from tidings.encoding import DATA_LIMIT
from tidings.event import Event, Position
from tidings.protocols import Log
from tidings.testing.far_side import FarSide, Store
from tidings.testing.heard import Heard, pushed
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import a_channel, an_inbox, append, said, told


@rule("transport.event.largest")
async def largest(far: FarSide) -> None:
    """Data of `max_payload` bytes is carried: 64 KiB where the transport names no less."""
    async with far.transport() as node, far.transport() as other, AsyncExitStack() as stack:
        size = min(node.abilities.max_payload or DATA_LIMIT, DATA_LIMIT)
        heard, channel = far.heard(), a_channel()
        event = said(channel, b'"' + b"x" * (size - 2) + b'"')
        if listens := hasattr(node, "subscribe"):
            await stack.enter_async_context(node.subscribe(channel=channel, deliver=heard))
        events = await pushed(other, [event])
        if listens:
            await heard.all_of(events)


@rule("transport.event.stubs", "stubs")
async def stubs(far: FarSide) -> None:
    """Events with a position that are larger than `max_payload` are taken all the same."""
    async with far.transport() as transport:
        size = min((transport.abilities.max_payload or DATA_LIMIT) + 1, DATA_LIMIT)
        data = b'{"x": "%b"}' % (b"x" * (size - 9))
        event = said(an_inbox(), data, position=Position("e", 1))
        await transport.push(events=[event])


@rule("transport.event.own_ids", "subscribe", "bare")
async def own_ids(far: FarSide) -> None:
    """Events without a position, whose ids it has no place for, come with ids of their own."""
    async with far.transport() as node, far.transport() as other:
        heard, channel = Heard(far.within), a_channel()
        events = [said(channel) for _ in range(2)]
        async with node.subscribe(channel=channel, deliver=heard):
            await other.push(events=events)
            for event in events:
                await heard.until(partial(_same_data, event), repr(event))
        ids = {event.id for event in heard.events}
        hold("an id for each, and no two alike", len(ids - {""}) == len(events), heard.events)


@rule("transport.subscribe.taskless", "subscribe", "taskless")
async def taskless(far: FarSide) -> None:
    """Entering starts no task that stays, and one task may leave what another has entered."""
    async with far.transport() as node, far.transport() as other:
        heard, channel = far.heard(), a_channel()
        context = node.subscribe(channel=channel, deliver=heard)
        async with _started() as started:
            await asyncio.create_task(_called(context.__aenter__))
        try:
            await heard.all_of(await pushed(other, [said(channel)]))
        finally:
            await context.__aexit__(None, None, None)
        equal("tasks that entering started, and that were there after it", started, [])


@rule("transport.carries.heard", "subscribe", "carries", Log)
async def carries(far: FarSide) -> None:
    """What a store that carries has persisted is heard without being pushed, on every node."""
    async with far.transport() as node, far.transport() as other:
        heard, channel = far.heard(), an_inbox()
        async with node.subscribe(channel=channel, deliver=heard):
            (stored,) = await append(cast("Store", other), [event := told(channel)])
            await heard.until(
                lambda seen: (seen.id, seen.position) == (event.id, stored.position),
                f"{event.name} {event.id} at {stored.position}",
            )


def _same_data(event: Event, seen: Event) -> bool:
    return seen.data == event.data


async def _called(function: Any) -> None:
    await function()


@asynccontextmanager
async def _started() -> AsyncIterator[list[asyncio.Task[Any]]]:
    """Note what tasks are started by tasks that this one starts, and have not ended on leaving."""
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    make, mine, started = loop.get_task_factory(), set[Any](), list[asyncio.Task[Any]]()

    def factory(
        loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **given: Any
    ) -> asyncio.Future[Any]:
        task = asyncio.Task(work, loop=loop, **given) if make is None else make(loop, work, **given)
        by = asyncio.current_task()
        if by is me:
            mine.add(task)
        elif by in mine:
            started.append(cast("asyncio.Task[Any]", task))
        return task

    loop.set_task_factory(cast("Any", factory))
    try:
        yield started
    finally:
        loop.set_task_factory(make)
        started[:] = [task for task in started if not task.done()]


RULES = (largest, stubs, own_ids, taskless, carries)
