"""What is special about processes that share a file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from sql.databases import sqlite
from sql.nodes import ANN, BOB, UNAIDED, headings, heard, nodes, numbered, push_all
from tidings import Notification, Reset, Tidings
from tidings_sql import SqlStore, broker, poll_sqlite


@pytest.fixture
def file_url() -> Iterator[str]:
    with sqlite() as url:
        yield url


def opened(url: str) -> sqlite3.Connection:
    return sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)


async def publish_singly(tidings: Tidings, count: int) -> None:
    """Publish numbers, each carried before the next."""
    for number in range(count):
        await (await tidings.publish("news", "headline", number)).outcomes()


async def test_a_log_that_is_another_and_has_nothing_yet_is_noticed(file_url: str) -> None:
    store = SqlStore(file_url)
    async with (
        nodes(file_url) as (here,),
        Tidings(store, options=UNAIDED) as there,
        here.subscribe(ANN) as listening,
    ):
        await push_all(there, ["Build passed"])
        await heard(listening, 1)
        await store.forget(ANN)  # as after `tidings db new-epoch`, no event tells of it

        async with asyncio.timeout(10):
            assert isinstance(await anext(listening), Reset)


async def test_where_reading_all_logs_takes_long_those_that_grow_are_heard_at_once(
    file_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "_SHARE", 1e9)  # all are read once, and not again for a long time
    async with nodes(file_url, file_url) as (here, there), here.subscribe(ANN) as listening:
        for start in (0, 3, 6):
            await push_all(there, numbered(start, start + 3))
            assert headings(await heard(listening, 3)) == numbered(start, start + 3)
        async with here.subscribe(BOB) as other:
            await there.push("bob", Notification(heading="For bob"))
            await there.push("cyd", Notification(heading="For whom nobody listens"))
            assert headings(await heard(other, 1)) == ["For bob"]


async def test_plain_events_come_in_order_however_many_wait(
    file_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_sqlite, "_ROWS", 1)
    async with nodes(file_url, file_url) as (here, there), here.subscribe("news") as listening:
        await publish_singly(there, 6)

        assert [int(event.data) for event in await heard(listening, 6)] == [*range(6)]


async def test_plain_events_are_kept_for_a_moment_only(
    file_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_sqlite, "_KEPT", 0)
    async with nodes(file_url) as (here,):
        await publish_singly(here, 3)
        with closing(opened(file_url)) as file:
            assert file.execute("SELECT seq FROM tidings_passing").fetchall() == [(3,)]
