"""Ending a context from outside it, by an error."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class Cut:
    """A context that raises, wherever it waits, what it is called with from outside.

    It costs no task: it is a time-out that has no time until it is called.

    Example:
        async with Cut() as cut:
            on_loss(lambda: cut(TransportError("the connection was lost")))
            yield
    """

    def __init__(self) -> None:
        self._scope = asyncio.timeout(None)
        self._is_entered = False
        self._why: Exception | None = None

    def __call__(self, why: Exception) -> None:
        """End the context with this error; the first one counts."""
        if self._why is None:
            self._why = why
            if self._is_entered:
                self._scope.reschedule(asyncio.get_running_loop().time())

    def check(self) -> None:
        """Raise what it was called with, if it was."""
        if self._why is not None:
            raise self._why

    async def __aenter__(self) -> Self:
        self.check()
        await self._scope.__aenter__()
        self._is_entered = True
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_entered = False
        try:
            await self._scope.__aexit__(exc_type, exc, traceback)
        except TimeoutError:
            if self._why is None:
                raise
            raise self._why from None
