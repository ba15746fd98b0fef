"""The users who are followed live, each on three devices."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from tidings.demo.devices import Device, Phone, Screen, Tab, at
from tidings.event import Position
from tidings.service import Tidings


class Crowd:
    """These users' devices: each is a task of the group, and has its picture.

    Attributes:
        devices: each user's.
        caught_up: how many events the phones missed while they were away.
    """

    def __init__(self, tidings: Tidings, group: asyncio.TaskGroup) -> None:
        self.devices: dict[str, Sequence[Device]] = {}
        self.caught_up = 0
        self._tidings = tidings
        self._group = group
        self._phones: dict[str, Phone] = {}
        self._tasks: dict[Device, asyncio.Task[None]] = {}

    async def come(self, users: Sequence[str]) -> None:
        """Start three devices for each of these users; return once they listen."""
        for user in users:
            head = await self._head(user)
            phone = self._phones[user] = Phone(self._tidings, user, head)
            screen, tab = Screen(self._tidings, user), Tab(self._tidings, user)
            self.devices[user] = (screen, tab, phone)
            for device in self.devices[user]:
                self._start(device)
            await at(screen, head)
            await at(tab, head)

    async def come_late(self, users: Sequence[str]) -> None:
        """Start a phone for each of these users, which has been away all the time."""
        for user in users:
            beginning = Position((await self._head(user)).epoch, 0)
            phone = self._phones[user] = Phone(self._tidings, user, beginning)
            self.devices[user] = (phone,)
        await self.phones_return()

    async def phones_leave(self) -> None:
        """Cut every phone off; it keeps its copy, and the position that this is of."""
        await self._stop(self._phones.values())

    async def phones_return(self) -> None:
        """Let the phones follow from where they were."""
        for user, phone in self._phones.items():
            self.caught_up += (await self._head(user)).offset - phone.position.offset
            self._start(phone)

    async def rest(self) -> None:
        """Wait until every device has come to the newest position of its user's log."""
        for user, devices in self.devices.items():
            head = await self._head(user)
            for device in devices:
                await at(device, head)

    async def go(self) -> None:
        """End all devices; what they showed last, they still show."""
        await self._stop(list(self._tasks))

    async def _head(self, user: str) -> Position:
        return (await self._tidings.inbox(user).page(1)).position

    def _start(self, device: Device) -> None:
        self._tasks[device] = self._group.create_task(device.follow())

    async def _stop(self, devices: Iterable[Device]) -> None:
        tasks = [self._tasks.pop(device) for device in devices]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
