import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tidings import Counts, Notification, Position, Tidings
from tidings.demo.devices import SHOWN, Device, Phone, Screen, Tab, at, whole

Make = Callable[[Tidings], Device]

DEVICES: dict[str, Make] = {
    "screen": lambda tidings: Screen(tidings, "ann"),
    "tab": lambda tidings: Tab(tidings, "ann"),
}


@pytest.fixture
async def tidings() -> AsyncIterator[Tidings]:
    async with Tidings() as opened:
        yield opened


async def push(tidings: Tidings, count: int, start: int = 0) -> list[str]:
    """Push so many; return their ids, newest first."""
    ids = [f"n{number}" for number in range(start, start + count)]
    for one in ids:
        await tidings.push("ann", Notification(id=one, heading="News"))
    return ids[::-1]


async def head(tidings: Tidings) -> Position:
    return (await tidings.inbox("ann").page(1)).position


@asynccontextmanager
async def following(device: Device) -> AsyncIterator[None]:
    task = asyncio.create_task(device.follow())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def shown(device: Device) -> list[tuple[str, bool]]:
    return [(entry.id, entry.opened) for entry in device.entries]


@pytest.mark.parametrize("make", DEVICES.values(), ids=DEVICES)
async def test_a_screen_shows_the_newest_and_what_becomes_of_them(
    tidings: Tidings, make: Make
) -> None:
    device = make(tidings)
    async with following(device):
        await at(device, await head(tidings))
        ids = await push(tidings, SHOWN + 5)
        await tidings.inbox("ann").open(ids[0])
        await at(device, await head(tidings))
    assert shown(device) == [(ids[0], True), *((one, False) for one in ids[1:SHOWN])]
    assert device.counts == Counts(SHOWN + 4, SHOWN + 4)


async def test_a_phone_catches_up_on_what_it_missed(tidings: Tidings) -> None:
    phone = Phone(tidings, "ann", await head(tidings))
    async with following(phone):
        before = await push(tidings, 3)
        await at(phone, await head(tidings))
    missed = await push(tidings, 30, start=3)
    await tidings.inbox("ann").open(before[0], missed[-1])
    assert shown(phone) == [(one, False) for one in before]
    async with following(phone):
        await at(phone, await head(tidings))
    opened = {before[0], missed[-1]}
    assert shown(phone) == [(one, one in opened) for one in (*missed, *before)]
    assert phone.counts == Counts(31, 31)


async def test_devices_find_out_that_a_user_was_forgotten(tidings: Tidings) -> None:
    device = Phone(tidings, "ann", await head(tidings))
    async with following(device):
        await push(tidings, 3)
        await at(device, await head(tidings))
        await tidings.forget("ann")
        await at(device, await head(tidings))
    assert shown(device) == []


async def test_an_inbox_longer_than_a_page_is_read_whole(tidings: Tidings) -> None:
    ids = await push(tidings, 1001)
    page = await whole(tidings.inbox("ann"))
    assert [entry.id for entry in page.entries] == ids
    assert (page.counts, page.position) == (Counts(1001, 1001), await head(tidings))
    assert not page.more
