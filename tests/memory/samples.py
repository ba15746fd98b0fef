"""What the memory plugin's tests push, and the clock they set."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tidings import Abilities, Event, Notification, Tidings, hookimpl
from tidings.event import Stored
from tidings.ids import new_id
from tidings.notification import NOTIFICATION
from tidings.testing.far_side import Store
from tidings_memory import MemoryStore

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANN = "private-user-ann"
BOB = "private-user-bob"
NEWS = "news"


class Clock:
    """A clock that stands until it is set forward."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> Clock:
        self.now = now
        return self

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


class Courier:
    """A carrier of this name, here for its name alone."""

    abilities = Abilities(role="carrier")

    def __init__(self, name: str) -> None:
        self.name = name

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Nobody pushes here."""


@asynccontextmanager
async def connected(store: MemoryStore, clock: Clock, *carriers: str) -> AsyncIterator[MemoryStore]:
    """Connect a store as an application with this clock and these carriers does."""
    tidings = Tidings(store, *map(Courier, carriers), clock=clock)
    async with store.connect(tidings):
        yield store


def told(id: str, channel: str = ANN, **fields: Any) -> Event:  # noqa: A002
    """Return a notification's event."""
    given = {"id": id, "heading": "Build passed", "created_at": NOON, **fields}
    return Event(channel, NOTIFICATION, Notification(**given).to_json(), id)


def said(data: bytes = b"{}", channel: str = ANN, **fields: Any) -> Event:
    """Return a plain event."""
    return Event(channel, "said", data, **{"id": new_id(), **fields})


async def stored(store: Store, *events: Event) -> list[Stored]:
    """Persist these events, all of which must be accepted."""
    answers = await store.persist(events)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert refused == []
    return [answer for answer in answers if isinstance(answer, Stored)]


async def logged(store: Store, *events: Event) -> list[Event]:
    """Persist these events; return them as the log has them."""
    answers = await stored(store, *events)
    return [
        event._replace(position=answer.position, counts=answer.counts)
        for event, answer in zip(events, answers, strict=True)
    ]


async def in_log(store: Store, channel: str = ANN) -> list[Event]:
    """Return all events that a channel's log has."""
    return list((await store.recall(channel, 0, 10_000)).events)


async def refusal(store: Store, event: Event) -> Exception:
    """Persist an event that must be refused; return why it was."""
    (answer,) = await store.persist([event])
    assert isinstance(answer, Exception)
    return answer
