"""Each channel is open while anybody uses it: opened once, closed once, never both at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tidings import Abilities, Closed, Event, Options
from tidings.channels import Channels
from tidings.live import LiveChannel
from tidings.observing import Observers
from tidings.registry import Transport


class FarSide:
    """A transport whose far side is slow, or fails, when told to; `log` is what was done."""

    def __init__(self, name: str = "", *, taskless: bool = True) -> None:
        self.name = name
        self.log: list[str] = []
        self.may_enter, self.may_leave = asyncio.Event(), asyncio.Event()
        self.may_enter.set()
        self.may_leave.set()
        self.errors: list[Exception] = []
        self.errors_on_leaving: list[Exception] = []
        self._taskless = taskless

    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        self.log.append(f"enter {self.name}{channel}")
        await self.may_enter.wait()
        if self.errors:
            raise self.errors.pop()
        try:
            yield
        finally:
            await self.may_leave.wait()
            self.log.append(f"leave {self.name}{channel}")
            if self.errors_on_leaving:
                raise self.errors_on_leaving.pop()

    async def push(self, **_: object) -> None: ...

    @property
    def transport(self) -> Transport:
        abilities = Abilities(role="broker", taskless=self._taskless)
        return Transport(self.name, self, abilities, self.push, self.subscribe)


def channels(*far: FarSide) -> Channels:
    transports = [side.transport for side in far]
    return Channels(lambda name: LiveChannel(name, transports, None, Options(), Observers()))


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_it_is_opened_for_the_first_and_closed_after_the_last() -> None:
    far = FarSide()
    table = channels(far)
    first, second = await asyncio.gather(table.open("news"), table.open("news"))

    assert first is second
    await table.release("news")
    assert far.log == ["enter news"]
    await table.release("news")
    assert far.log == ["enter news", "leave news"]
    assert await table.open("news") is not first


async def test_different_channels_are_opened_at_the_same_time() -> None:
    far = FarSide()
    far.may_enter.clear()
    table = channels(far)
    opening = [asyncio.create_task(table.open(name)) for name in ("a", "b")]
    await turns()

    assert far.log == ["enter a", "enter b"]
    far.may_enter.set()
    await asyncio.gather(*opening)


async def test_whoever_waits_for_one_that_could_not_be_opened_tries_again() -> None:
    far = FarSide()
    far.errors = [ConnectionError("gone")]
    table = channels(far)

    first, second = await asyncio.gather(
        table.open("news"), table.open("news"), return_exceptions=True
    )

    assert isinstance(first, ConnectionError)
    assert isinstance(second, LiveChannel)
    assert far.log == ["enter news", "enter news"]
    await table.release("news")
    assert far.log[2:] == ["leave news"]


async def test_one_that_nobody_could_open_is_forgotten() -> None:
    far = FarSide()
    far.errors = [ConnectionError("gone"), ConnectionError("gone")]
    table = channels(far)

    await asyncio.gather(table.open("news"), table.open("news"), return_exceptions=True)
    await table.open("news")
    await table.release("news")

    assert far.log == ["enter news"] * 3 + ["leave news"]
    assert table._places == {}


async def test_whoever_stops_waiting_ends_it_for_nobody_else() -> None:
    far = FarSide()
    far.may_enter.clear()
    table = channels(far)
    opener, waiter, other = (asyncio.create_task(table.open("news")) for _ in range(3))
    await turns()
    waiter.cancel()
    opener.cancel()
    await turns()
    far.may_enter.set()

    assert isinstance(await other, LiveChannel)
    await table.release("news")
    assert far.log == ["enter news", "enter news", "leave news"]
    assert table._places == {}


async def test_it_is_not_opened_again_before_it_was_left() -> None:
    far = FarSide()
    table = channels(far)
    old = await table.open("news")
    far.may_leave.clear()
    releasing = asyncio.create_task(table.release("news"))
    await turns()
    opening = asyncio.create_task(table.open("news"))
    await turns()
    assert far.log == ["enter news"]
    far.may_leave.set()
    await releasing

    assert await opening is not old
    assert far.log == ["enter news", "leave news", "enter news"]


async def test_whoever_gives_up_while_it_is_left_leaves_nothing_behind() -> None:
    far = FarSide()
    table = channels(far)
    await table.open("news")
    far.may_leave.clear()
    releasing = asyncio.create_task(table.release("news"))
    await turns()
    opening = asyncio.create_task(table.open("news"))
    await turns()
    opening.cancel()
    await turns()
    far.may_leave.set()
    await releasing
    await asyncio.wait([opening])

    assert far.log == ["enter news", "leave news"]
    assert table._places == {}


async def test_all_are_closed_whoever_uses_them_and_none_is_opened_any_more() -> None:
    far = FarSide()
    table = channels(far)
    for number in range(250):
        await table.open(f"news-{number}")
    await table.close()

    assert sorted(far.log[250:]) == sorted(f"leave news-{number}" for number in range(250))
    await table.release("news-7")
    with pytest.raises(Closed, match="no channel is opened any more"):
        await table.open("news-7")


async def test_one_that_is_being_opened_when_all_are_closed_is_closed_too() -> None:
    far = FarSide()
    far.may_enter.clear()
    table = channels(far)
    opening = asyncio.create_task(table.open("news"))
    await turns()
    await table.close()
    far.may_enter.set()

    with pytest.raises(Closed):
        await opening
    assert far.log == ["enter news", "leave news"]


async def test_transports_are_left_in_reverse_whatever_becomes_of_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, held, three = FarSide("1 "), FarSide("2 ", taskless=False), FarSide("3 ")
    three.errors_on_leaving = [ConnectionError("gone")]
    one.log = held.log = three.log
    table = channels(one, held, three)
    await table.open("news")
    await table.release("news")

    assert one.log == [f"enter {n} news" for n in (1, 2, 3)] + [
        f"leave {n} news" for n in (3, 2, 1)
    ]
    assert "leaving news: ConnectionError" in caplog.text


async def test_what_was_entered_before_one_that_refuses_is_left_again() -> None:
    one, refusing = FarSide("1 "), FarSide("2 ")
    refusing.errors = [ConnectionError("gone")]
    one.log = refusing.log
    table = channels(one, refusing)

    with pytest.raises(ConnectionError):
        await table.open("news")
    assert one.log == ["enter 1 news", "enter 2 news", "leave 1 news"]


async def test_whoever_is_cancelled_while_closing_has_left_all_the_same() -> None:
    one, slow = FarSide("1 "), FarSide("2 ")
    one.log = slow.log
    table = channels(one, slow)
    await table.open("news")
    slow.may_leave.clear()
    releasing = asyncio.create_task(table.release("news"))
    await turns()
    releasing.cancel()
    await asyncio.wait([releasing])

    assert one.log == ["enter 1 news", "enter 2 news", "leave 1 news"]
    assert table._places == {}
