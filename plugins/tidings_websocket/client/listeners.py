"""Who listens to which channel in this process, for as long as a server is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tidings import Event, TidingsError


class _Listener:
    """One channel's; `fail` raises an error in the task that is within its scope."""

    __slots__ = ("_scope", "deliver", "error")

    def __init__(self, deliver: Callable[[Event], None], scope: asyncio.Timeout) -> None:
        self.deliver = deliver
        self.error: TidingsError | None = None
        self._scope = scope

    def fail(self, error: TidingsError) -> None:
        if self.error is None:
            self.error = error
            self._scope.reschedule(asyncio.get_running_loop().time())


class Listeners:
    """Hands events on by channel; a channel whose line is cut fails where it is listened to."""

    def __init__(self) -> None:
        self._listeners: dict[str, _Listener] = {}

    @asynccontextmanager
    async def listening(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        """Deliver what is heard on a channel, until exit.

        Within, what `fail` was given for the channel is raised.
        """
        try:
            # a time-out that is set when the line is cut: it costs no task that waits for that
            async with asyncio.timeout(None) as scope:
                listener = self._listeners[channel] = _Listener(deliver, scope)
                try:
                    yield
                finally:
                    del self._listeners[channel]
        except TimeoutError:
            if listener.error is None:
                raise
            raise listener.error from None

    def hear(self, event: Event) -> None:
        """Hand an event on, if anybody listens."""
        if (listener := self._listeners.get(event.channel)) is not None:
            listener.deliver(event)

    def fail(self, channel: str, error: TidingsError) -> None:
        """Let whoever listens to this channel begin anew."""
        if (listener := self._listeners.get(channel)) is not None:
            listener.fail(error)

    def fail_all(self, error: TidingsError) -> None:
        """Let all begin anew."""
        for listener in self._listeners.values():
            listener.fail(error)
