"""Plugins that are no package: what a table with `class = "local_plugins:..."` names."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tidings import Abilities, Event, Undeliverable, hookimpl
from tidings_memory import MemoryStore

_KEPT: dict[str, dict[str, Any]] = {}


class LastingStore(MemoryStore):
    """Keeps what it has under a key, for whoever opens it again in the same process."""

    abilities = Abilities(durable=True)

    def __init__(self, key: str) -> None:
        super().__init__()
        self.__dict__ = _KEPT.setdefault(key, self.__dict__)


class RefusingCarrier:
    """Carries nothing, and says so."""

    abilities = Abilities(role="carrier")

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        raise Undeliverable(f"no address for {events[0].channel}")


class FailingStore(MemoryStore):
    """Cannot write."""

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Any]:
        raise OSError("disk full, said by postgres://ann:hunter2@db")


class Unreachable:
    """Cannot be connected to; its error's words hold a secret."""

    def __init__(self, error: str = "OSError") -> None:
        self._error = {"OSError": OSError, "EOFError": EOFError}[error]

    @hookimpl
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        raise self._error("no route to postgres://ann:hunter2@db")
        yield


class Grumbling:
    """Logs a warning when it is connected."""

    @hookimpl
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        logging.getLogger("tidings").warning("%s is old", "the far side")
        yield
