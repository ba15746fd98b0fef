"""Whom a front turns away is told, and told seldom."""

from __future__ import annotations

import logging

import pytest

from fronts import Client, Open, until
from tidings_websocket.counters import Counters
from tidings_websocket.notices import EVERY, Notices


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "tidings.websocket")
    return caplog


def told(log: pytest.LogCaptureFixture) -> list[tuple[str, int, str | None]]:
    """Return the limits that were spoken of, how often each held, and for whom last."""
    records = [vars(record) for record in log.records if record.levelno == logging.WARNING]
    return [(record["limit"], record["count"], record["address"]) for record in records]


def test_a_flood_is_two_lines(log: pytest.LogCaptureFixture) -> None:
    counters = Counters()
    notices = Notices(counters)

    for second in range(int(EVERY) + 1):
        for _ in range(1_000):
            counters.refuse("per_address", f"10.0.0.{second}")
        notices.tell(float(second))

    assert told(log) == [("per_address", 1_000, "10.0.0.0"), ("per_address", 10_000, "10.0.0.10")]


def test_each_limit_is_told_by_itself(log: pytest.LogCaptureFixture) -> None:
    counters = Counters()
    notices = Notices(counters)
    counters.refuse("rate", "10.0.0.7")
    counters.too_slow(None)

    notices.tell(0.0)
    notices.tell(1.0)

    assert told(log) == [("rate", 1, "10.0.0.7"), ("slow", 1, None)]


def test_what_was_kept_back_is_told_at_the_end(log: pytest.LogCaptureFixture) -> None:
    counters = Counters()
    notices = Notices(counters)
    counters.refuse("rate", None)
    notices.tell(0.0)
    counters.refuse("rate", None)
    notices.tell(1.0)

    notices.tell_rest()
    notices.tell_rest()

    assert told(log) == [("rate", 1, None), ("rate", 1, None)]


def test_what_was_counted_before_is_not_told(log: pytest.LogCaptureFixture) -> None:
    counters = Counters()
    counters.refuse("rate", None)

    Notices(counters).tell(0.0)

    assert told(log) == []


async def test_a_front_tells_of_those_it_turned_away(
    opened: Open, log: pytest.LogCaptureFixture
) -> None:
    async with opened(rate=1.0) as here, here.connect("ann") as ann:
        for _ in range(3):
            await ann.begin("ping")
        await ann.ended()
        await until(lambda: told(log), "it was told")

    assert told(log) == [("rate", 1, "127.0.0.1")]


async def test_nothing_secret_and_nothing_of_users_gets_into_the_log(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    async with opened() as here:
        ticket, token = here.ticket("ann"), here.tokens.issue("ann")
        async with here.connect(query={"ticket": ticket}) as ann:
            await ann.ask("authenticate", token=token)
            await _converse(ann)
        async with here.connect(headers={"Authorization": f"Bearer {token}"}) as ann:
            await _converse(ann)
        async with here.connect(query={"ticket": ticket}, greeted=False) as again:
            assert await again.ended() == 4001

    servers = ("tidings", "uvicorn") if here.shell == "fast" else ("tidings",)
    said = repr([vars(record) for record in caplog.records if record.name.startswith(servers)])
    for secret in (ticket, token, ticket[-20:], token[-20:], "hunter2"):
        assert secret not in said
    assert "a client came" in said


async def _converse(ann: Client) -> None:
    await ann.ask("subscribe", channel="room")
    await ann.ask("publish", channel="room", event="hunter2", data={"hunter2": 1})
    await ann.raw.send('{"request": "hunter2"}')
    await ann.raw.send("hunter2")
    await ann.next()
