"""Streams end when the application says so, when proofs do, and when the server stops."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from event_source import EventSource
from fronts import KEY, until, warnings
from http_site import Form, Open, Site, site
from tidings import Identity, Tokens, hookimpl
from tidings_memory import MemoryBroker, MemoryStore

SOON = timedelta(seconds=30)


class Clock:
    """A clock that stands until it is set forward."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


async def whole(source: EventSource) -> str | None:
    """Wait for the end, which is a proper one; return why it came."""
    why = await source.ended()
    assert source.whole
    return why


async def test_a_user_is_cut_off_with_all_streams_and_nobody_else_is(here: Site) -> None:
    async with (
        here.stream("ann") as phone,
        here.stream("ann") as laptop,
        here.stream("bob") as bob,
    ):
        await here.tidings.disconnect("ann")
        assert [await whole(phone), await whole(laptop)] == ["disconnected"] * 2
        await here.nothing_more(bob, channel="private-user-bob")
        async with here.stream("ann") as again:
            await here.nothing_more(again)
    assert here.counters.ended["disconnected"] == 2


async def test_a_user_whose_proofs_are_revoked_has_to_sign_in_again(here: Site) -> None:
    old = here.bearer("ann")
    async with here.stream(headers=old) as phone:
        await here.tidings.disconnect("ann", revoke=True)
        assert await whole(phone) == "revoked"
    async with here.stream(headers=old, greeted=False) as again:
        assert again.status == 401
    async with here.stream("ann") as again:
        await here.nothing_more(again)


async def test_a_user_is_cut_off_on_every_node(form: Form) -> None:
    broker, store = MemoryBroker(), MemoryStore()
    async with AsyncExitStack() as stack:
        here, there = [
            await stack.enter_async_context(site(form, broker, store=store)) for _ in range(2)
        ]
        async with here.stream("ann") as phone, there.stream("ann") as laptop:
            await there.tidings.disconnect("ann")
            assert [await whole(phone), await whole(laptop)] == ["disconnected"] * 2


async def test_a_stream_ends_with_its_token(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidings_http.sweep.EVERY", 0.01)
    clock = Clock()
    tokens = Tokens(KEY, clock=clock)
    headers = {"authorization": f"Bearer {tokens.issue('ann', ttl=SOON)}"}
    async with (
        opened(clock=clock, tokens=tokens) as here,
        here.stream(headers=headers) as ann,
        here.stream("bob") as bob,
    ):
        ends = datetime.fromisoformat(ann.welcome.data["data"]["expires_at"])
        assert ends == clock.now + SOON
        clock.now += SOON
        assert await whole(ann) == "expired"
        await here.nothing_more(bob, channel="private-user-bob")


async def test_a_stream_ends_with_the_token_that_its_ticket_stood_for(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_http.sweep.EVERY", 0.01)
    clock = Clock()
    async with opened(clock=clock) as here:
        identity = Identity("ann", issued_at=clock.now, expires_at=clock.now + SOON)
        assert here.tidings.tickets
        ticket = here.tidings.tickets.issue(identity)
        async with here.stream(query=[("ticket", ticket)]) as ann:
            clock.now += SOON
            assert await whole(ann) == "expired"


async def test_when_the_application_closes_clients_are_told_to_return(
    here: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.stream("ann") as ann, here.stream("bob") as bob:
        await here.close()
        ends = [await ann.named("tidings:end"), await bob.named("tidings:end")]
        assert [end.data["data"]["reason"] for end in ends] == ["restart", "restart"]
        assert all(end.retry in range(1_000, 5_001) for end in ends)
        async with here.stream("ann", greeted=False) as again:
            assert again.status == 503
            assert again.headers["retry-after"] == "1"
    assert warnings(caplog) == []


async def test_a_server_that_stops_ends_them_itself(
    here: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tidings_http.sweep.EVERY", 0.01)
    async with here.stream("ann") as ann, here.stream("bob") as bob:
        await asyncio.sleep(0.02)  # the sweep sleeps as long as before once more
        stopping = asyncio.create_task(here.server.shutdown())
        assert [await whole(ann), await whole(bob)] == ["restart", "restart"]
        await stopping
    assert warnings(caplog) == []


async def test_one_that_takes_nothing_when_it_is_to_end_is_cut_off(
    opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tidings_http.outlet.END_WITHIN", 0.05)
    async with opened() as here, here.stream("ann", reluctant=True) as ann:
        ann.pause()
        for _ in range(20):
            await here.push(1, content="x" * 4_000, data="y" * 20_000)
        await here.tidings.disconnect("ann")
        await until(lambda: not len(here.front.streams))
        await until(lambda: len(here.server.server_state.connections) <= 1, "it was cut off")
    assert here.counters.ended["disconnected"] == 1
    assert warnings(caplog) == []


async def test_control_that_cannot_be_heard_is_tried_again(
    form: Form, caplog: pytest.LogCaptureFixture
) -> None:
    class Deaf(MemoryBroker):
        deaf = True

        @hookimpl
        def subscribe(self, channel: str, deliver: Any) -> Any:
            if channel == "#tidings" and self.deaf:
                self.deaf = False
                raise OSError("no cable")
            return super().subscribe(channel, deliver)

    async with site(form, Deaf()) as here, here.stream("ann") as ann:
        await here.tidings.disconnect("ann")
        assert await whole(ann) == "disconnected"
    assert warnings(caplog)
