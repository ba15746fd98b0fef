"""A store with something staged in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from sql.transactions import own_engine
from tidings import Event, Notification, Subscription, Tidings, user_channel
from tidings_sql import SqlStore
from tidings_sql.tables import staged

ANN = user_channel("ann")
PASSED = Notification(heading="Build passed", id="passed")
MINUTE = timedelta(minutes=1)


@asynccontextmanager
async def unattended(url: str) -> AsyncIterator[tuple[Tidings, SqlStore]]:
    """Open a store that nothing fires but the test; `Tidings` is there to push by hand."""
    async with Tidings(store := SqlStore(url)) as tidings:
        assert tidings._running is not None
        assert tidings._running.scheduler is not None
        async with tidings._running.pipeline.writing:  # which the scheduler waits for
            yield tidings, store


async def fired(store: SqlStore, now: datetime | None = None) -> list[Event]:
    """Fire until nothing more is due."""
    now = now or datetime.now(UTC)
    events: list[Event] = []
    while True:
        some, due = await store.fire(now, 500)
        events += some
        if due is None or due > now:
            return events


async def next_event(listening: Subscription) -> Event:
    async with asyncio.timeout(20):
        event = await anext(listening)
    assert isinstance(event, Event)
    return event


def push_here(tidings: Tidings, user: str, told: Notification, connection: object) -> None:
    """Push in a thread that has no event loop."""
    pushing = tidings.push(user, told, connection=connection)
    with pytest.raises(StopIteration):
        pushing.send(None)


def rows_staged(url: str) -> int:
    with own_engine(url) as engine, engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(staged)) or 0
