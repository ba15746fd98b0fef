"""What carriers still owe: events accepted for them that they have not carried yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from tidings.event import Event, Owed, Position

_Key = tuple[str, Position | None]


class OwedEvents:
    """For each carrier, the events it owes, oldest first.

    They are kept apart from the log, so that none is lost to trimming. What bounds them is that
    the core strikes off what it gives up.
    """

    def __init__(self) -> None:
        self._owed: dict[str, dict[_Key, Owed]] = {}
        self._serving: list[tuple[str, ...]] = []
        self._carriers: tuple[str, ...] = ()

    @contextmanager
    def serving(self, carriers: tuple[str, ...]) -> Iterator[None]:
        """Note events for these carriers too, until exit; what they owe by then stays."""
        self._serving.append(carriers)
        self._name_carriers()
        try:
            yield
        finally:
            self._serving.remove(carriers)
            self._name_carriers()

    def note(self, event: Event, now: float) -> None:
        """Note that every carrier owes this event, since now."""
        for carrier in self._carriers:
            self._owed[carrier][event.channel, event.position] = Owed(event, now)

    def read(self, carrier: str, limit: int) -> list[Owed]:
        """Return the oldest that this carrier owes."""
        return list(islice(self._owed.get(carrier, {}).values(), limit))

    def settle(self, carrier: str, events: Iterable[Event]) -> None:
        """Strike these off."""
        owed = self._owed.get(carrier, {})
        for event in events:
            owed.pop((event.channel, event.position), None)

    def forget(self, channel: str) -> None:
        """Erase all events of this channel."""
        for owed in self._owed.values():
            for key in [key for key in owed if key[0] == channel]:
                del owed[key]

    def _name_carriers(self) -> None:
        self._carriers = tuple({name: None for names in self._serving for name in names})
        for carrier in self._carriers:
            self._owed.setdefault(carrier, {})
