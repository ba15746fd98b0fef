"""The history through one transport: pushed, followed, opened, and all of it checked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter

from tidings.demo.check import device_differences, inbox_differences
from tidings.demo.crowd import Crowd
from tidings.demo.devices import SHOWN, whole
from tidings.demo.expected import Advance, History
from tidings.demo.picture import Picture, picture, picture_differences
from tidings.demo.pushing import Pushing
from tidings.demo.worlds import Sides, World
from tidings.errors import TidingsError
from tidings.page import Page

FOLLOWED = 100
"""How many users are followed at the same time."""

PATIENCE = 60.0
"""How many seconds devices are given to come to rest."""


@dataclass(slots=True)
class Result:
    """What came of one transport.

    notifications: how many were pushed. opened: entries that were opened. seconds: from the first
    push until the devices were at rest. caught_up: events that devices missed while they were
    away, and had in the end. reopened: the application was closed half way, and opened anew.
    differences: what was not as it had to be, a line each. page: the newest of the fullest inbox,
    where it came to that. pictures: what each user's inbox came to. compared_with: the transport
    whose inboxes it was held against.
    """

    transport: str
    notifications: int = 0
    devices: int = 0
    opened: int = 0
    seconds: float = 0.0
    caught_up: int = 0
    differences: list[str] = field(default_factory=list)
    page: Page | None = None
    reopened: bool = False
    pictures: dict[str, Picture] = field(default_factory=dict)
    compared_with: str | None = None

    @property
    def equal(self) -> bool:
        """Every inbox and every device is as it must be."""
        return not self.differences

    @property
    def per_second(self) -> float:
        """How many notifications a second were pushed and followed."""
        return self.notifications / self.seconds if self.seconds else 0.0


async def run(
    world: World,
    history: History,
    advance: Advance,
    *,
    followed: int = FOLLOWED,
    patience: float = PATIENCE,
) -> Result:
    """Push a history through a transport and check what became of it.

    The users with the fullest inboxes are followed from the start, on three devices each, one of
    which is away while the third quarter is pushed. Before that, the application is closed and
    opened anew where the store outlives it. All others come in the end, with one device that has
    been away all the time.

    Args:
        world: the transport.
        history: what to push, and what must come of it.
        advance: hears how many were pushed.
        followed: how many users are followed at the same time.
        patience: how many seconds devices are given to come to rest.
    """
    result = Result(world.transport)
    users = history.users
    try:
        async with world.open() as sides:
            running = _Run(sides, history, result, patience)
            await running.live(users[:followed], advance)
            for start in range(followed, len(users), followed):
                await running.late(users[start : start + followed])
            result.page = await sides.devices.inbox(users[0]).page(SHOWN)
    except* (TidingsError, TimeoutError) as failures:
        result.differences += map(_told, _leaves(failures))
    return result


def compare(results: Sequence[Result]) -> None:
    """Hold what every user's inbox came to against the first transport's; tell what differs."""
    for result in results[1:]:
        first = results[0]
        result.compared_with = first.transport
        result.differences += picture_differences(result.pictures, first.pictures, first.transport)


class _Run:
    def __init__(self, sides: Sides, history: History, result: Result, patience: float) -> None:
        self._sides = sides
        self._history = history
        self._result = result
        self._patience = patience

    async def live(self, users: Sequence[str], advance: Advance) -> None:
        """Push everything while devices of these users listen."""
        async with asyncio.TaskGroup() as group:
            crowd = Crowd(self._sides.devices, group)
            async with asyncio.timeout(PATIENCE):
                await crowd.come(users)
            await self._push_all(crowd, advance)
            await self._check(crowd)

    async def late(self, users: Sequence[str]) -> None:
        """Let these users come now."""
        async with asyncio.TaskGroup() as group:
            crowd = Crowd(self._sides.devices, group)
            await crowd.come_late(users)
            await self._rest(crowd)
            await self._check(crowd)

    async def _push_all(self, crowd: Crowd, advance: Advance) -> None:
        count = len(self._history.digests)
        leave = count // 2
        async with self._history.news() as news:
            pushing = Pushing(self._sides, news, self._history.opened, advance)
            await pushing.push_until(leave)
            await crowd.phones_leave()
            await self._reopen()
            await pushing.push_until(max(count * 3 // 4, leave + 1))
            await crowd.phones_return()
            await pushing.push_until(count)
            await pushing.open_the_rest()
        started = perf_counter()
        await self._rest(crowd)
        self._result.seconds = pushing.seconds + perf_counter() - started
        self._result.notifications = pushing.pushed
        self._result.opened = pushing.opened

    async def _reopen(self) -> None:
        if self._sides.reopen is not None:
            self._sides.application = await self._sides.reopen()
            self._result.reopened = True

    async def _rest(self, crowd: Crowd) -> None:
        with suppress(TimeoutError):  # who did not come to rest, the check tells
            async with asyncio.timeout(self._patience):
                await crowd.rest()

    async def _check(self, crowd: Crowd) -> None:
        await crowd.go()
        self._result.caught_up += crowd.caught_up
        for user, devices in crowd.devices.items():
            inbox = await whole(self._sides.devices.inbox(user))
            self._result.devices += len(devices)
            self._result.pictures[user] = picture(inbox)
            self._result.differences += inbox_differences(self._history, user, inbox)
            for device in devices:
                self._result.differences += device_differences(device, user, inbox)


def _leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
