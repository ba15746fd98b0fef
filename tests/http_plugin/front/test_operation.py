"""What operators ask: whether it is there, whether it can work, and what it has done."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from fronts import until
from http_site import Form, Open, Site, site
from tidings import Event, Position, Tidings, hookimpl
from tidings.testing import FaultyTransport
from tidings_memory import MemoryBroker, MemoryStore


async def test_a_server_that_is_there_says_so(here: Site) -> None:
    answer = await here.get("/healthz")
    assert answer.json() == {"status": "ok"}
    await here.close()
    assert (await here.get("/healthz")).json() == {"status": "ok"}


async def test_it_is_ready_once_all_plugins_are(here: Site) -> None:
    told = (await here.get("/readyz")).json()
    assert told["ready"] is True
    assert set(told["plugins"]) == set(here.tidings.hooks.plugins)
    assert set(told["plugins"].values()) == {"ready"}


async def test_it_says_which_plugin_is_not_ready(opened: Open) -> None:
    class Broken(MemoryStore):
        name, broken = "memory-store", False

        async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
            if self.broken:
                raise OSError("password=hunter2")
            return await super().heads(channels)

    store = Broken()
    async with opened(store=store) as here:
        assert (await here.get("/readyz")).status_code == 200
        store.broken = True
        answer = await here.get("/readyz")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        told = answer.json()
        assert told["code"] == "not_ready"
        assert told["detail"] == "not ready: memory-store"
        assert told["plugins"]["memory-store"].startswith("OSError at test_operation.py:")
        assert told["plugins"]["http"] == "ready"
        assert "hunter2" not in answer.text
        store.broken = False
        assert (await here.get("/readyz")).status_code == 200


async def test_a_plugin_may_say_itself_whether_it_is_ready(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_http.readiness.WITHIN", 0.01)

    class Warming:
        name = "warming"
        warm = asyncio.Event()

        @hookimpl
        @asynccontextmanager
        async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
            del tidings
            yield

        async def ready(self) -> None:
            await self.warm.wait()

    plugin = Warming()
    async with opened(plugin) as here:
        told = (await here.get("/readyz")).json()
        assert told["plugins"]["warming"] == "gives no answer within 0.01 s"
        plugin.warm.set()
        assert (await here.get("/readyz")).status_code == 200


async def test_a_broker_that_carries_nothing_is_not_ready(form: Form) -> None:
    class Cut(MemoryBroker):
        cut = False

        @hookimpl
        async def push(self, events: Sequence[Event]) -> None:
            if self.cut:
                raise OSError("no cable")
            await super().push(events)

    broker = Cut()
    async with site(form, broker) as here:
        broker.cut = True
        await here.push(1)
        await until(lambda: any(state.error for state in here.tidings.transports))
        told = (await here.get("/readyz")).json()
        assert told["plugins"]["memory"].startswith("carries nothing: OSError")
        broker.cut = False
        await until(lambda: not any(state.error for state in here.tidings.transports))
        assert (await here.get("/readyz")).status_code == 200


async def test_one_that_closes_is_not_ready(here: Site) -> None:
    await here.close()
    answer = await here.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["plugins"] == {"http": "the application is not open"}


async def test_what_it_has_done_is_shown_to_operators(here: Site) -> None:
    async with here.stream("ann") as one, here.stream("ann") as two:
        await here.push(1)
        for source in (one, two):
            await source.next()
        await here.get("/inbox?limit=0", "ann")
        answer = await here.get("/metrics", "ops")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = set(answer.text.splitlines())
    assert {
        'tidings_http_requests_total{status="422"} 1.0',
        "tidings_http_streams 2.0",
        "tidings_http_opened_total 2.0",
        "tidings_http_events_total 1.0",
        "tidings_http_deliveries_total 2.0",
        'tidings_transport_carried_total{transport="memory"} 1.0',
        "tidings_websocket_connections 0.0",
    } <= lines
    assert any(line.startswith("process_cpu_seconds_total ") for line in lines)


async def test_and_to_nobody_else(here: Site) -> None:
    assert (await here.get("/metrics")).status_code == 401
    assert (await here.get("/metrics", "ann")).status_code == 403


async def test_without_the_library_that_shows_them_there_are_none(
    here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "tidings_http.metrics", raising=False)
    answer = await here.get("/metrics", "ops")
    assert answer.status_code == 404
    assert "tidings[metrics]" in answer.json()["detail"]


async def test_a_broker_that_loses_some_is_ready_all_the_same(form: Form) -> None:
    async with site(form, FaultyTransport(MemoryBroker(), seed=1)) as here:
        await here.push(1, 2, 3)
        assert (await here.get("/readyz")).status_code == 200
