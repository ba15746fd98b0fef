"""Who of this front's clients is on which presence channel, counted by distinct user."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from tidings import Member
from tidings.protocols import Presence
from tidings.redaction import failure

logger = logging.getLogger("tidings.websocket")


class _Seat:
    """A user's place on a channel, while any connection of theirs is there, and a little longer."""

    __slots__ = ("connections", "empty", "occupied", "over", "spared", "taken")

    def __init__(self) -> None:
        self.connections = 0
        self.taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.empty = asyncio.Event()
        self.occupied = asyncio.Event()
        self.over = asyncio.Event()  # it was given up, or somebody came back to it
        self.spared = True  # it is kept a little longer


class Seats:
    """Enters each user once per channel, and leaves for them when their last connection is gone.

    Who comes back within the grace period was never away.

    Args:
        presence: gives who knows who is there.
        start: starts a task that the front owns.
        grace: how long a place is kept, in seconds.
    """

    def __init__(
        self,
        presence: Callable[[], Presence],
        start: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        grace: float,
    ) -> None:
        self._presence = presence
        self._start = start
        self._grace = grace
        self._seats: dict[str, dict[str, _Seat]] = {}  # by channel and user

    def users(self, channel: str) -> Collection[str]:
        """Return who has a place on a channel, or is about to."""
        return self._seats.get(channel, {}).keys()

    async def take(self, channel: str, member: Member) -> None:
        """Count one more connection of this member; raises what entering it raises."""
        seat = self._seat(channel, member.user)
        if seat is None:
            seat = self._seats.setdefault(channel, {})[member.user] = _Seat()
            self._start(self._keep(channel, seat, member))
        seat.connections += 1
        seat.empty.clear()
        seat.occupied.set()
        seat.over.set()
        try:
            await asyncio.shield(seat.taken)
        except BaseException:
            self._one_less(seat)
            raise

    def leave(self, channel: str, user: str) -> None:
        """Count one connection less."""
        if (seat := self._seat(channel, user)) is not None:
            self._one_less(seat)

    async def leave_at_once(self, channel: str, user: str) -> None:
        """Count one connection less; whoever has none then is gone when this returns."""
        if (seat := self._seat(channel, user)) is not None:
            seat.spared = False
            self._one_less(seat)
            if not seat.connections:
                await seat.over.wait()
            seat.spared = True

    def _seat(self, channel: str, user: str) -> _Seat | None:
        return self._seats.get(channel, {}).get(user)

    async def _keep(self, channel: str, seat: _Seat, member: Member) -> None:
        try:
            async with self._presence().enter(channel, member):
                seat.taken.set_result(None)
                await self._deserted(seat)
                self._remove(channel, member.user)  # who comes from now on takes another
        except Exception as error:
            if seat.taken.done():
                logger.warning("leaving %s: %s", channel, failure(error))
            else:
                seat.taken.set_exception(error)
        finally:
            if self._seat(channel, member.user) is seat:
                self._remove(channel, member.user)
            seat.taken.cancel()
            seat.over.set()

    def _remove(self, channel: str, user: str) -> None:
        seats = self._seats[channel]
        del seats[user]
        if not seats:
            del self._seats[channel]

    async def _deserted(self, seat: _Seat) -> None:
        """Wait until nobody has been there for as long as a place is kept."""
        while True:
            await seat.empty.wait()
            try:
                async with asyncio.timeout(self._grace if seat.spared else 0):
                    await seat.occupied.wait()
            except TimeoutError:
                if not seat.connections:  # or somebody came back at the last moment
                    return

    @staticmethod
    def _one_less(seat: _Seat) -> None:
        seat.connections -= 1
        if not seat.connections:
            seat.occupied.clear()
            seat.over.clear()
            seat.empty.set()
