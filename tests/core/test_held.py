"""A plugin's context is entered, left and entered anew in a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tidings.held import Held


async def test_the_task_that_entered_leaves() -> None:
    tasks = []

    @asynccontextmanager
    async def context() -> AsyncIterator[None]:
        tasks.append(asyncio.current_task())
        yield
        tasks.append(asyncio.current_task())

    held = Held(context, "it")
    await held.open()
    await held.close()

    assert tasks[0] is tasks[1]
    assert tasks[0] is not asyncio.current_task()


async def test_what_entering_raises_reaches_who_opens() -> None:
    @asynccontextmanager
    async def context() -> AsyncIterator[None]:
        raise ConnectionError("nobody there")
        yield

    with pytest.raises(ConnectionError, match="nobody there"):
        await Held(context, "it").open()


async def test_a_context_whose_own_task_fails_is_entered_anew() -> None:
    entered = []
    again = asyncio.Event()

    @asynccontextmanager
    async def context() -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            entered.append(group)
            if len(entered) == 1:
                group.create_task(fail())
            yield

    async def fail() -> None:
        raise ConnectionError("lost")

    held = Held(context, "it", again.set)
    await held.open()
    await asyncio.wait_for(again.wait(), 5)
    await held.close()

    assert len(entered) == 2


async def test_the_end_of_the_event_loop_ends_it_though_nobody_closed_it() -> None:
    left = asyncio.Event()

    @asynccontextmanager
    async def context() -> AsyncIterator[None]:
        try:
            yield
        finally:
            left.set()

    held = Held(context, "it")
    await held.open()
    assert held._task is not None
    held._task.cancel()  # as asyncio.run does in the end
    async with asyncio.timeout(5):
        await asyncio.wait([held._task])

    assert left.is_set()


async def test_closing_while_it_enters_cancels_it() -> None:
    entering = asyncio.Event()
    left = asyncio.Event()

    @asynccontextmanager
    async def context() -> AsyncIterator[None]:
        try:
            entering.set()
            await asyncio.Event().wait()
            yield
        finally:
            left.set()

    held = Held(context, "it")
    opening = asyncio.create_task(held.open())
    await entering.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening

    assert left.is_set()
