"""Many who ask where a channel is are answered by few readings, and by no fewer answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from tidings import Position, StoreError
from tidings.gathered_log import PART, GatheredLog
from tidings_memory import MemoryStore


class Counted(MemoryStore):
    """Notes what its log is asked, and answers once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Sequence[str]] = []
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.errors: list[Exception] = []

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        self.asked.append(channels)
        self.reading.set()
        await self.go_on.wait()
        if self.errors:
            raise self.errors.pop()
        return {name: Position(f"of {name}", 1) for name in channels}


@pytest.fixture
def store() -> Counted:
    return Counted()


@pytest.fixture
async def log(store: Counted) -> AsyncIterator[GatheredLog]:
    log = GatheredLog(store)
    yield log
    store.go_on.set()
    await log.aclose()


def asking(log: GatheredLog, *names: str) -> list[asyncio.Task[Mapping[str, Position]]]:
    return [asyncio.create_task(log.heads([name])) for name in names]


def of(*names: str) -> list[Mapping[str, Position]]:
    return [{name: Position(f"of {name}", 1)} for name in names]


async def test_what_is_asked_in_one_turn_is_read_together(store: Counted, log: GatheredLog) -> None:
    names = [f"news-{number}" for number in range(PART)]

    answers = await asyncio.gather(*asking(log, *names))

    assert answers == of(*names)
    assert store.asked == [names]


async def test_what_is_asked_while_a_reading_is_under_way_is_read_together_after_it(
    store: Counted, log: GatheredLog
) -> None:
    store.go_on.clear()
    (first,) = asking(log, "a")
    await store.reading.wait()
    later = asking(log, "b", "c", "b")
    await asyncio.sleep(0)
    store.go_on.set()

    assert await asyncio.gather(first, *later) == of("a", "b", "c", "b")
    assert store.asked == [["a"], ["b", "c", "b"]]


async def test_more_than_a_part_is_read_in_parts(store: Counted, log: GatheredLog) -> None:
    names = [f"news-{number}" for number in range(2 * PART + 1)]

    assert await log.heads(names) == {name: Position(f"of {name}", 1) for name in names}
    assert [len(channels) for channels in store.asked] == [PART, PART, 1]


async def test_a_failure_is_told_to_all_it_concerns_and_to_nobody_else(
    store: Counted, log: GatheredLog
) -> None:
    store.errors.append(ConnectionError("gone"))

    answers = await asyncio.gather(*asking(log, "a", "b"), return_exceptions=True)

    assert [repr(answer) for answer in answers] == ["ConnectionError('gone')"] * 2
    assert await log.heads(["c"]) == of("c")[0]


async def test_whoever_stops_waiting_keeps_nobody_from_an_answer(
    store: Counted, log: GatheredLog
) -> None:
    store.go_on.clear()
    gone, stays = asking(log, "a", "b")
    await store.reading.wait()
    gone.cancel()
    store.go_on.set()

    assert await stays == of("b")[0]


async def test_whoever_waits_when_it_is_closed_is_told(store: Counted, log: GatheredLog) -> None:
    store.go_on.clear()
    read = asking(log, "a")
    await store.reading.wait()
    waiting = asking(log, "b")
    await asyncio.sleep(0)
    await log.aclose()

    for answer in (*read, *waiting):
        with pytest.raises(StoreError, match="closed before it had told"):
            await answer


async def test_a_store_that_cancels_itself_leaves_nobody_waiting() -> None:
    class Cancelled(MemoryStore):
        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            raise asyncio.CancelledError

    log = GatheredLog(Cancelled())
    with pytest.raises(StoreError, match="try again"):
        await log.heads(["a"])
