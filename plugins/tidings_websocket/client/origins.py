"""Which connection an event came from, for those that came from one of this process."""

from __future__ import annotations

from collections.abc import Iterable

from tidings import Event

KNOWN = 10_000
"""The most events whose origin is remembered; the oldest give way."""


class Origins:
    """Remembers the origins of what is sent, and gives them back to what is heard.

    A server does not tell them: whose connection it is knows it by itself.
    """

    def __init__(self) -> None:
        self._origins: dict[str, str] = {}

    def note(self, events: Iterable[Event]) -> None:
        """Remember where these came from."""
        for event in events:
            if event.origin is not None:
                self._origins[event.id] = event.origin
        while len(self._origins) > KNOWN:
            del self._origins[next(iter(self._origins))]

    def restored(self, event: Event) -> Event:
        """Return an event with its origin, where that is known."""
        origin = self._origins.get(event.id)
        return event if origin is None else event._replace(origin=origin)
