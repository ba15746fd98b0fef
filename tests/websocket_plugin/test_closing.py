"""The end: clients are sent away, to come back somewhere else, and nothing is left over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from fronts import KEY, Shell, Site, serving, until
from tidings import Event, Notification, Stored, Tidings, Tokens, hookimpl
from tidings_memory import MemoryStore
from tidings_websocket import WebSocketFront


class Closable:
    """A site whose application a test closes when it likes."""

    def __init__(self, shell: Shell, *plugins: object, **settings: Any) -> None:
        self.front = WebSocketFront(**{"leave_within": 0.0, **settings})
        self.tidings = Tidings(MemoryStore(), self.front, *plugins, tokens=Tokens(KEY))
        self.here = Site(shell, self.front, self.tidings)
        self.closing: asyncio.Task[None] | None = None

    def close(self) -> asyncio.Task[None]:
        """Begin to close the application."""
        self.closing = asyncio.create_task(self.tidings.__aexit__(None, None, None))
        return self.closing


@asynccontextmanager
async def closable(shell: Shell, *plugins: object, **settings: Any) -> AsyncIterator[Closable]:
    it = Closable(shell, *plugins, **settings)
    async with AsyncExitStack() as stack:
        await it.tidings.__aenter__()
        it.here.port, it.here.server = await stack.enter_async_context(serving(shell, it.front))
        yield it
        await (it.closing or it.close())
        await it.here.quiet()


async def test_whoever_is_connected_is_told_to_come_back(shell: Shell) -> None:
    async with closable(shell) as it, it.here.connect("ann") as ann, it.here.connect() as nobody:
        await it.tidings.push("ann", Notification(heading="Build passed"))
        closing = it.close()
        assert [await ann.ended(), await nobody.ended()] == [1012, 1012]
        assert [frame["event"] for frame in ann.unread] == ["tidings:notification"]
        await closing
        assert not it.front.sessions
        assert it.front.counters.ended == {"restart": 2}


async def test_many_are_sent_away_spread_over_some_time(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.front._TOGETHER", 2)
    async with closable(shell, leave_within=0.3) as it, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(it.here.connect("ann")) for _ in range(6)]
        left: list[int] = []

        async def note(client: Any) -> None:
            assert await client.ended() == 1012
            left.append(len(it.front.sessions))

        it.close()
        await asyncio.gather(*map(note, clients))
        assert left[:2] == [4, 4]
        assert left[-2:] == [0, 0]


async def test_nobody_is_let_in_any_more_while_others_are_sent_away(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.front._TOGETHER", 1)
    async with closable(shell, leave_within=2.0) as it:
        async with it.here.connect("ann") as first, it.here.connect("ann") as second:
            closing = it.close()
            await asyncio.wait(
                [asyncio.create_task(first.ended()), asyncio.create_task(second.ended())],
                return_when=asyncio.FIRST_COMPLETED,
            )
            with pytest.raises(InvalidStatus):
                async with it.here.connect("ann"):
                    pass
        assert not closing.done()


async def test_the_server_stops_and_the_application_goes_on(shell: Shell) -> None:
    async with closable(shell) as it, it.here.connect("ann") as ann:
        stopping = asyncio.create_task(it.here.server.shutdown())
        assert await ann.ended() == 1012
        await stopping
        await it.here.quiet()
        await it.tidings.push("ann", Notification(heading="Build passed"))


async def test_who_comes_while_the_application_closes_is_told_to_come_back(shell: Shell) -> None:
    leaving, may_leave = asyncio.Event(), asyncio.Event()

    class Slow:
        @hookimpl
        @asynccontextmanager
        async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
            yield
            leaving.set()
            await may_leave.wait()

    async with closable(shell, Slow()) as it, it.here.connect("bob") as bob:
        it.close()
        await leaving.wait()
        async with it.here.connect("ann", greeted=False) as ann:
            assert await ann.ended() == 1012
        assert await bob.refused("subscribe", channel="news") == "failed"
        may_leave.set()
        assert await bob.ended() == 1012


async def test_what_was_asked_for_before_is_still_answered(shell: Shell) -> None:
    storing, on = asyncio.Event(), asyncio.Event()

    class Hesitant(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            storing.set()
            await on.wait()
            return await super().persist(events)

    front = WebSocketFront(leave_within=0.0)
    tidings = Tidings(Hesitant(), front, tokens=Tokens(KEY))
    await tidings.__aenter__()
    async with serving(shell, front) as (port, _):
        here = Site(shell, front, tidings)
        here.port = port
        async with here.connect("ann") as ann:
            asked = await ann.begin("mark", change="see", ids=["a"])
            await storing.wait()
            closing = asyncio.create_task(tidings.__aexit__(None, None, None))
            await asyncio.sleep(0)
            on.set()
            assert (await ann.reply(asked))["position"]["offset"] == 1
            assert await ann.ended() == 1012
        await closing
        await here.quiet()


async def test_an_application_may_be_opened_again(shell: Shell) -> None:
    async with closable(shell) as it:
        async with it.here.connect("ann") as ann:
            closing = it.close()
            assert await ann.ended() == 1012
            await closing
        with pytest.raises(InvalidStatus):
            async with it.here.connect("ann"):
                pass
        async with it.tidings, it.here.connect("ann") as ann:
            await it.tidings.push("ann", Notification(heading="Build passed"))
            assert (await ann.next())["data"]["heading"] == "Build passed"
            await it.tidings.disconnect("ann")
            assert await ann.ended() == 4003


async def test_closing_is_bounded_though_a_client_takes_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.fast.CLOSE_WITHIN", 0.05)
    monkeypatch.setattr("tidings_websocket.asgi.CLOSE_WITHIN", 0.05)
    async with closable(shell, outgoing=10_000_000) as it, it.here.reluctant("ann") as ann:
        for _ in range(30):
            await it.tidings.publish("private-user-ann", "much", "x" * 20_000)
        await it.close()
        assert not it.front.sessions
        if shell == "fast":
            await until(lambda: not it.here.server.server_state.connections)
        ann.raw.transport.abort()


async def test_closing_that_is_cut_short_leaves_nothing_either(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_websocket.front._TOGETHER", 1)
    front = WebSocketFront(leave_within=3600.0)
    tidings = Tidings(MemoryStore(), front, tokens=Tokens(KEY))
    connected = front.connect(tidings)
    async with tidings:
        pass
    await connected.__aenter__()
    async with serving(shell, front) as (port, _):
        here = Site(shell, front, tidings)
        here.port = port
        async with here.connect(greeted=False) as a, here.connect(greeted=False) as b:
            leaving = asyncio.create_task(connected.__aexit__(None, None, None))
            await until(lambda: len(front.sessions) == 1)
            leaving.cancel()
            await asyncio.wait([leaving])
            assert [await a.ended(), await b.ended()] == [1012, 1012]
        await here.quiet()
        assert not front.accepting
