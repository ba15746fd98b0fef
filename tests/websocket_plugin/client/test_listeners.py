"""Hearing by channel, and what is raised where nothing is heard any more."""

from __future__ import annotations

import asyncio

import pytest

from tidings import Event, TransportError
from tidings_websocket.client.listeners import Listeners

EVENT = Event("news", "said", b"1", "a")


async def test_each_hears_its_own_channel() -> None:
    listeners, heard = Listeners(), list[Event]()

    async with listeners.listening("news", heard.append):
        listeners.hear(EVENT)
        listeners.hear(EVENT._replace(channel="other"))
    listeners.hear(EVENT)

    assert heard == [EVENT]


async def test_a_line_that_is_cut_fails_where_it_is_listened_to() -> None:
    listeners = Listeners()

    async def listen() -> None:
        async with listeners.listening("news", print):
            listeners.fail("news", TransportError("the first"))
            listeners.fail_all(TransportError("the second"))
            await asyncio.get_running_loop().create_future()

    with pytest.raises(TransportError, match="the first"):
        await listen()


async def test_others_are_left_alone() -> None:
    listeners = Listeners()

    async with listeners.listening("news", print):
        listeners.fail("other", TransportError("lost"))
        await asyncio.sleep(0)


async def test_errors_of_whoever_listens_are_their_own() -> None:
    listeners = Listeners()

    async def listen(error: Exception) -> None:
        async with listeners.listening("news", print):
            raise error

    for error in (ValueError("mine"), TimeoutError("mine too")):
        with pytest.raises(type(error), match="mine"):
            await listen(error)


async def test_whoever_is_cancelled_is_cancelled() -> None:
    listeners, entered = Listeners(), asyncio.Event()

    async def listen() -> None:
        async with listeners.listening("news", print):
            entered.set()
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(listen())
    await entered.wait()
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    listeners.fail("news", TransportError("nobody is there"))
