"""A context manager kept open in a task of its own.

A plugin's context may hold a task group, whose failure cancels the task that entered it. That
must be nobody's who merely listens; so each is entered and left in one owner task.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from tidings.backoff import Backoff
from tidings.redaction import failure

logger = logging.getLogger("tidings.plugins")


class Held:
    """Keeps a context open until `close`; one that fails while open is entered anew.

    Args:
        enter: makes the context manager; called again for each new attempt.
        label: how it is called in log lines.
        again: called once it is open again after a failure.
    """

    def __init__(
        self,
        enter: Callable[[], AbstractAsyncContextManager[None]],
        label: str,
        again: Callable[[], None] = lambda: None,
    ) -> None:
        self._enter = enter
        self._label = label
        self._again = again
        self._closing = asyncio.Event()
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self._entering = False

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Enter the context; what entering raises for the first time, this raises."""
        self._task = asyncio.create_task(self._own(), name=f"tidings {self._label}")
        try:
            await asyncio.shield(self._opened)
        except BaseException:
            await self.close()
            if self._opened.done() and not self._opened.cancelled():
                self._opened.exception()  # whoever was cancelled while opening cannot take it
            raise

    async def close(self) -> None:
        """Leave the context; a failure on the way out is logged, for nobody can mend it now."""
        self._closing.set()
        if self._task is not None:
            if self._entering:  # perhaps for ever: the far side may be down
                self._task.cancel()
            await asyncio.wait([self._task])

    async def _own(self) -> None:
        backoff = Backoff()
        while not self._closing.is_set():
            self._entering = True
            try:
                async with self._enter():
                    self._entering = False
                    self._entered()
                    backoff = Backoff()
                    await self._closing.wait()
            except Exception as error:
                if not self._opened.done():
                    self._opened.set_exception(error)
                    return
                logger.warning("%s failed: %s", self._label, failure(error))
            except asyncio.CancelledError:
                if self._closing.is_set() or not self._opened.done():
                    self._opened.cancel()
                    return
                if self._task is not None and self._task.cancelling():
                    raise  # the event loop ends, and nobody has closed this
                logger.warning("%s was cancelled from within", self._label)
            await self._pause(backoff.next())

    def _entered(self) -> None:
        if self._opened.done():
            self._again()
        else:
            self._opened.set_result(None)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return
