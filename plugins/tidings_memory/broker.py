"""The broker of one process: whoever listens hears, at once and without a task."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any

from tidings.abilities import Abilities
from tidings.encoding import encode
from tidings.event import Event
from tidings.hooks import hookimpl
from tidings.ids import new_id
from tidings.presence import MEMBER_ADDED, MEMBER_REMOVED, Member
from tidings_memory.presence import Roster

_Listeners = dict[str, tuple[Callable[[Event], None], ...]]


class MemoryBroker:
    """Brings events to all who listen in this process, and knows who is on a channel.

    Given to several `Tidings` objects, together with one store, it makes them nodes of one
    application within the process.
    """

    name = "memory"
    abilities = Abilities(role="broker", presence=True, local=True, taskless=True)

    def __init__(self) -> None:
        self._listeners: _Listeners = {}
        self._roster = Roster()

    @hookimpl
    def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AbstractAsyncContextManager[None]:
        """Hear what is pushed on a channel, until exit."""
        return _Subscription(self._listeners, channel, deliver)

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Deliver these events to all who listen on their channels."""
        for event in events:
            self._deliver(event)

    @asynccontextmanager
    async def enter(self, channel: str, member: Member) -> AsyncIterator[None]:
        """Count one more connection of this member, until exit; tell of the first and the last.

        While several are there, what others see of the user is what the first one said.

        Raises:
            InvalidData: the member's `info` is no JSON.
        """
        added = _event(channel, MEMBER_ADDED, {"user": member.user, "info": dict(member.info)})
        first = self._roster.enter(channel, member)
        try:
            if first:
                self._deliver(added)
            yield
        finally:
            if self._roster.leave(channel, member.user):
                self._deliver(_event(channel, MEMBER_REMOVED, {"user": member.user}))

    async def members(self, channel: str) -> Sequence[Member]:
        """Return who is there, each user once, in the order they came."""
        return self._roster.members(channel)

    def _deliver(self, event: Event) -> None:
        for deliver in self._listeners.get(event.channel, ()):
            deliver(event)


class _Subscription:
    """A context for each channel listened to; there may be very many, so it is no generator."""

    __slots__ = ("_channel", "_deliver", "_listeners")

    def __init__(
        self, listeners: _Listeners, channel: str, deliver: Callable[[Event], None]
    ) -> None:
        self._listeners = listeners
        self._channel = channel
        self._deliver = deliver

    async def __aenter__(self) -> None:
        heard_by = self._listeners.get(self._channel, ())
        self._listeners[self._channel] = (*heard_by, self._deliver)

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        left = list(self._listeners[self._channel])
        left.remove(self._deliver)
        if left:
            self._listeners[self._channel] = tuple(left)
        else:
            del self._listeners[self._channel]


def _event(channel: str, name: str, data: dict[str, Any]) -> Event:
    return Event(channel, name, encode(data), new_id())
