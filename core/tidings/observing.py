"""Showing what passes through a process to whoever counts it, without its being in the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from tidings.event import Delivery, Event
from tidings.redaction import failure

logger = logging.getLogger("tidings")


class Observer(Protocol):
    """Is shown what passes through a process: for consoles and counters.

    Both are called on the event loop, in the middle of delivering. They must not block; what they
    raise is written to the log. An event that is accepted here and heard here is shown by both.

    Example:
        class Count:
            shipped_events = 0

            def shipped(self, events):
                self.shipped_events += len(events)

            def heard(self, deliveries): ...

        with tidings.observe(Count()) as counting: ...
    """

    def shipped(self, events: Sequence[Event]) -> None:
        """See what leaves for the transports: with positions, where a store has it."""

    def heard(self, deliveries: Sequence[Delivery]) -> None:
        """See what one channel's listeners are handed."""


class Observers:
    """All who are shown what passes through one `Tidings` object; usually nobody, or one."""

    __slots__ = ("_all",)

    def __init__(self) -> None:
        self._all: tuple[Observer, ...] = ()

    @contextmanager
    def watching(self, observer: Observer) -> Iterator[None]:
        """Show it to one more, until exit."""
        self._all = (*self._all, observer)
        try:
            yield
        finally:
            index = self._all.index(observer)
            self._all = self._all[:index] + self._all[index + 1 :]

    def shipped(self, events: Sequence[Event]) -> None:
        """Show what leaves for the transports."""
        for observer in self._all:
            try:
                observer.shipped(events)
            except Exception as error:  # delivery goes on
                _complain(error)

    def heard(self, deliveries: Sequence[Delivery]) -> None:
        """Show what one channel's listeners are handed."""
        for observer in self._all:
            try:
                observer.heard(deliveries)
            except Exception as error:
                _complain(error)


def _complain(error: Exception) -> None:
    logger.error("an observer failed: %s", failure(error))
