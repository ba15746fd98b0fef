"""Places on presence channels, at every moment at which somebody may come or go."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from fronts import until
from tidings import Member
from tidings_websocket.owned import Owned
from tidings_websocket.seats import Seats

ROOM = "presence-room"
ANN = Member("ann")


class Book:
    """Notes who comes and goes; entering may take some time."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.may_enter = asyncio.Event()
        self.may_enter.set()
        self.fails = False

    @asynccontextmanager
    async def enter(self, channel: str, member: Member) -> AsyncIterator[None]:
        await self.may_enter.wait()
        if self.fails:
            raise ConnectionError("secret")
        self.notes.append(f"+{member.user}")
        try:
            yield
        finally:
            self.notes.append(f"-{member.user}")

    async def members(self, channel: str) -> Sequence[Member]:
        return ()


@pytest.fixture
async def book() -> Book:
    return Book()


@pytest.fixture
async def owned() -> AsyncIterator[Owned]:
    owned = Owned()
    yield owned
    await owned.end()


def seats(book: Book, owned: Owned, grace: float) -> Seats:
    return Seats(lambda: book, owned.start, grace)


async def some_turns() -> None:
    """Let everyone do what they can without waiting."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_place_is_left_when_its_last_connection_is(book: Book, owned: Owned) -> None:
    places = seats(book, owned, 0)
    await places.take(ROOM, ANN)
    await places.take(ROOM, ANN)
    places.leave(ROOM, "ann")
    assert book.notes == ["+ann"]
    places.leave(ROOM, "ann")
    await until(lambda: book.notes == ["+ann", "-ann"])
    assert not places._seats


async def test_who_comes_back_and_goes_at_once_has_the_grace_again(
    book: Book, owned: Owned
) -> None:
    places = seats(book, owned, 60)
    await places.take(ROOM, ANN)
    places.leave(ROOM, "ann")
    await some_turns()
    await places.take(ROOM, ANN)
    places.leave(ROOM, "ann")
    await some_turns()
    assert book.notes == ["+ann"]


@pytest.mark.parametrize("turns", range(8))
async def test_whoever_comes_back_is_there_at_whichever_moment(
    book: Book, owned: Owned, turns: int
) -> None:
    places = seats(book, owned, 0)
    await places.take(ROOM, ANN)
    await some_turns()
    places.leave(ROOM, "ann")
    for _ in range(turns):
        await asyncio.sleep(0)
    await places.take(ROOM, ANN)
    await some_turns()
    assert book.notes.count("+ann") == book.notes.count("-ann") + 1
    places.leave(ROOM, "ann")
    await until(lambda: not places._seats)
    assert book.notes.count("+ann") == book.notes.count("-ann")


async def test_who_goes_while_entering_leaves_nothing(book: Book, owned: Owned) -> None:
    places = seats(book, owned, 0)
    book.may_enter.clear()
    coming = asyncio.create_task(places.take(ROOM, ANN))
    await asyncio.sleep(0)
    coming.cancel()
    await asyncio.wait([coming])
    book.may_enter.set()
    await until(lambda: book.notes == ["+ann", "-ann"])
    assert not places._seats


async def test_all_who_wait_are_told_when_entering_fails(book: Book, owned: Owned) -> None:
    places = seats(book, owned, 0)
    book.may_enter.clear()
    book.fails = True
    coming = [asyncio.create_task(places.take(ROOM, ANN)) for _ in range(2)]
    await asyncio.sleep(0)
    book.may_enter.set()
    results = await asyncio.gather(*coming, return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError] * 2
    assert not places._seats
    book.fails = False
    await places.take(ROOM, ANN)


async def test_a_failure_that_nobody_waits_for_is_nobodys(book: Book, owned: Owned) -> None:
    unheard = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    places = seats(book, owned, 0)
    book.may_enter.clear()
    book.fails = True
    coming = asyncio.create_task(places.take(ROOM, ANN))
    await asyncio.sleep(0)
    coming.cancel()
    await asyncio.wait([coming])
    book.may_enter.set()
    await until(lambda: not places._seats)
    del coming
    gc.collect()
    await asyncio.sleep(0)
    asyncio.get_running_loop().set_exception_handler(None)
    assert not unheard


async def test_who_leaves_at_once_is_gone_then(book: Book, owned: Owned) -> None:
    places = seats(book, owned, 60)
    await places.take(ROOM, ANN)
    await places.take(ROOM, ANN)
    await places.leave_at_once(ROOM, "ann")
    assert book.notes == ["+ann"]
    await places.leave_at_once(ROOM, "ann")
    assert book.notes == ["+ann", "-ann"]


async def test_leaving_where_nobody_is_does_nothing(book: Book, owned: Owned) -> None:
    places = seats(book, owned, 60)
    places.leave(ROOM, "ann")
    await places.leave_at_once(ROOM, "ann")
    assert not book.notes


async def test_a_failure_on_the_way_out_is_logged_without_its_words(
    owned: Owned, caplog: pytest.LogCaptureFixture
) -> None:
    class Sticky(Book):
        @asynccontextmanager
        async def enter(self, channel: str, member: Member) -> AsyncIterator[None]:
            yield
            raise ConnectionError("secret")

    places = seats(Sticky(), owned, 0)
    await places.take(ROOM, ANN)
    places.leave(ROOM, "ann")
    await until(lambda: not places._seats)
    assert "leaving presence-room: ConnectionError" in caplog.text
    assert "secret" not in caplog.text
