"""A clock that a test moves, and that has whoever goes by it do what is due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from tidings.accepting import now
from tidings.errors import PluginError
from tidings.hooks import hookimpl
from tidings.service import Tidings


class Clock:
    """The time for a `Tidings` object under test: this machine's, and what a test adds to it.

    It is given twice: as `clock=`, and as a plugin, by which it learns who goes by it.

    Args:
        real: gives the time, with a zone, that `advance` adds to; a function that always returns
            the same makes a clock that stands still.

    Raises:
        PluginError: (on opening) it is among the plugins, and another clock is `clock=`.

    Example:
        clock = Clock()
        async with Tidings(clock, MemoryStore(), clock=clock) as tidings:
            await clock.advance(timedelta(days=1))
    """

    def __init__(self, real: Callable[[], datetime] = now) -> None:
        self._real = real
        self._ahead = timedelta()
        self._open: dict[Tidings, asyncio.AbstractEventLoop] = {}

    def __call__(self) -> datetime:
        """Return the time."""
        return self._real() + self._ahead

    def advance(self, by: timedelta) -> Awaitable[None]:
        """Move the time on, and return once all that has become due is done.

        What was scheduled is in its inboxes then, and what expired is out of them. Await it where
        an event loop runs; elsewhere, as in a test of blocking code, calling it is enough.

        Args:
            by: how far; the time does not go back.

        Raises:
            ValueError: `by` is negative.
            RuntimeError: a `Tidings` object is open on an event loop that does not run just now.
            StoreError: the store could not do it.

        Example:
            await clock.advance(timedelta(hours=8))
        """
        if by < timedelta():
            raise ValueError(f"a clock goes on, not back: {by} is negative")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._ahead += by
            for tidings, its_loop in list(self._open.items()):
                _due_elsewhere(tidings, its_loop).result()
            return _Done()
        return self._advance(by, loop)

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Note that this object goes by this clock."""
        if tidings.clock is not self:
            raise PluginError("clock", "is not the clock it goes by: give `clock=` the same one")
        self._open[tidings] = asyncio.get_running_loop()
        try:
            yield
        finally:
            del self._open[tidings]

    async def _advance(self, by: timedelta, here: asyncio.AbstractEventLoop) -> None:
        self._ahead += by
        for tidings, loop in list(self._open.items()):
            if loop is here:
                await _do_what_is_due(tidings)
            else:
                await asyncio.wrap_future(_due_elsewhere(tidings, loop))


class _Done:
    """What is done already, and may be awaited all the same."""

    def __await__(self) -> Generator[None, None, None]:
        yield from ()


def _due_elsewhere(tidings: Tidings, loop: asyncio.AbstractEventLoop) -> Future[None]:
    if not loop.is_running():
        raise RuntimeError(
            "its event loop does not run just now: advance the time in an async test"
        )
    return asyncio.run_coroutine_threadsafe(_do_what_is_due(tidings), loop)


async def _do_what_is_due(tidings: Tidings) -> None:
    running = tidings._running  # noqa: SLF001 (the kit is of the same house)
    if running is not None and running.scheduler is not None:
        while await running.scheduler.fire() <= 0:
            pass  # a batch was full: there may be more
