"""Processes on one database, each a `Tidings` object with a store of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from tidings import Event, Notification, Options, Subscription, Tidings, user_channel
from tidings_sql import SqlStore

ANN = user_channel("ann")
BOB = user_channel("bob")

UNAIDED = Options(head_beat=3600)
"""Nothing but the broker tells of what another process has done."""


@asynccontextmanager
async def nodes(*urls: str) -> AsyncIterator[list[Tidings]]:
    """Open one on each of these."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(Tidings(SqlStore(url), options=UNAIDED)) for url in urls
        ]


async def heard(listening: Subscription, count: int) -> list[Event]:
    """Return the next so many events."""
    events = []
    async with asyncio.timeout(30):
        for _ in range(count):
            event = await anext(listening)
            assert isinstance(event, Event)
            events.append(event)
    return events


async def push_all(tidings: Tidings, headings: Iterable[str]) -> None:
    """Push these to ann, one after another."""
    for heading in headings:
        await tidings.push("ann", Notification(heading=heading))


def headings(events: Iterable[Event]) -> list[str]:
    """Return what these notifications say."""
    return [json.loads(event.data)["heading"] for event in events]


def numbered(start: int, stop: int) -> list[str]:
    """Return headings, each with its number."""
    return [f"Number {number}" for number in range(start, stop)]
