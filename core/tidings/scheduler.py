"""The task that lets the store append what falls due: scheduled pushes, expiry, retention."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from tidings.pipeline import Pipeline
from tidings.protocols import Schedule
from tidings.redaction import failure

logger = logging.getLogger("tidings.schedule")


class Scheduler:
    """Fires a store's schedule when it is due, and looks at it at least every second.

    (A second, because other processes may schedule, or commit, on the same store.)

    Args:
        schedule: the store's.
        pipeline: through which what was fired is shipped, in order with all else.
        clock: what time it is.
    """

    LOOK_EVERY = 1.0
    BATCH = 500

    def __init__(
        self, schedule: Schedule, pipeline: Pipeline, clock: Callable[[], datetime]
    ) -> None:
        self._schedule = schedule
        self._pipeline = pipeline
        self._clock = clock
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """Look at once: something sooner may have been scheduled. From any thread, at any time."""
        with suppress(RuntimeError):  # the loop has ended, and whoever opens the store next looks
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Fire what is due, until cancelled."""
        while True:
            self._woken.clear()
            try:
                pause = await self.fire()
            except Exception as error:
                logger.warning("the schedule could not be fired: %s", failure(error))
                pause = self.LOOK_EVERY
            await self._sleep(pause)

    async def fire(self) -> float:
        """Fire what is due now; return how many seconds to wait before the next time."""
        now = self._clock()
        async with self._pipeline.writing:
            fired = await self._schedule.fire(now, self.BATCH)
            self._pipeline.ship(fired.events)
        if fired.due is None:
            return self.LOOK_EVERY
        return min(max(0.0, (fired.due - now).total_seconds()), self.LOOK_EVERY)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
