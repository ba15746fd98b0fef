"""What a listener heard, in the order it came."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tidings.event import Event
from tidings.testing.rules import Unmet

if TYPE_CHECKING:
    from tidings.testing.far_side import Transport

TOLD = 10
"""So many events are told one by one, where a rule is broken; more are counted."""


class Heard:
    """Given to `subscribe` as its `deliver`.

    Attributes:
        events: each event once, though a transport may repeat it.
        threads: where it was called.
        bare: the transport has no place for the id and origin of events without a position.
    """

    def __init__(self, within: float, *, bare: bool = False) -> None:
        self.events: list[Event] = []
        self.bare = bare
        self.threads: set[int] = set()
        self._within = within
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        event = without_id(event) if self.bare else event
        if event not in self.events:
            self.events.append(event)
        self.threads.add(threading.get_ident())
        self._loop.call_soon_threadsafe(self._news.set)

    async def all_of(self, events: Sequence[Event]) -> None:
        """Wait until all these were heard."""
        wanted = {without_id(event) if self.bare else event for event in events}
        await self._wait(lambda: wanted <= set(self.events), _told(events))

    async def until(self, wanted: Callable[[Event], bool], what: str) -> None:
        """Wait until an event was heard that is wanted; `what` says which that is."""
        await self._wait(lambda: any(map(wanted, self.events)), what)

    async def _wait(self, holds: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(self._within):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise Unmet(f"heard within {self._within:g} s: {what}", _told(self.events)) from None


def _told(events: Sequence[Event]) -> str:
    return repr(events) if len(events) <= TOLD else f"{len(events)} events"


async def pushed(transport: Transport, events: Sequence[Event]) -> Sequence[Event]:
    """Push these events; return what is heard of them."""
    await transport.push(events=events)
    return [without_id(event) for event in events] if transport.abilities.bare else events


def without_id(event: Event) -> Event:
    """Return what a transport that is `bare` brings of an event."""
    return event if event.position is not None else event._replace(id="", origin=None)
