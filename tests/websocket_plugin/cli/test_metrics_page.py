from __future__ import annotations

import asyncio
import logging
import sys
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from core.cli.runs import run_command
from tidings import Notification, SettingsError, Tidings
from tidings_http import HttpFront
from tidings_memory import MemoryStore
from tidings_websocket import WebSocketFront
from tidings_websocket.cli.metrics_page import MetricsPage, metrics_page
from websocket_plugin.cli.inside import serving


@pytest.fixture
def shown(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Keep what the log says."""
    caplog.set_level(logging.INFO, "tidings.serve")
    return caplog


def ports(log: pytest.LogCaptureFixture) -> list[int]:
    """Return the ports on which metrics were said to be."""
    return [vars(record)["port"] for record in log.records if hasattr(record, "port")]


async def read(port: int) -> str:
    """Ask as Prometheus does."""
    with await asyncio.to_thread(urlopen, f"http://127.0.0.1:{port}/metrics") as page:
        return str(page.read(), "utf-8")


def application(*plugins: object) -> Tidings:
    return Tidings(MemoryStore(), *plugins)


async def test_the_page_shows_the_front_and_its_process(shown: pytest.LogCaptureFixture) -> None:
    front = WebSocketFront()
    front.counters.opened["plain"] += 3

    async with metrics_page(application(front), MetricsPage("127.0.0.1", 0, 1)):
        (port,) = ports(shown)
        page = await read(port)

    assert 'tidings_websocket_opened_total{dialect="plain"} 3.0\n' in page
    assert "\nprocess_open_fds " in page or sys.platform != "linux"
    with pytest.raises(URLError):
        await read(port)


async def test_a_server_shows_it_as_long_as_it_runs(shown: pytest.LogCaptureFixture) -> None:
    async with serving(metrics=MetricsPage("127.0.0.1", 0, 1)) as here, here.connect("ann"):
        (port,) = ports(shown)
        assert "\ntidings_websocket_connections 1.0\n" in await read(port)


async def test_it_shows_what_transports_carry_and_other_fronts_count(
    shown: pytest.LogCaptureFixture,
) -> None:
    tidings = application(HttpFront())
    async with metrics_page(tidings, MetricsPage("127.0.0.1", 0, 1)):
        (port,) = ports(shown)
        assert 'transport="memory"' not in await read(port)

        async with tidings:
            receipt = await tidings.push("ann", Notification(heading="Build passed"))
            await receipt.outcomes()
            page = await read(port)

    assert 'tidings_transport_carried_total{transport="memory"} 1.0\n' in page
    assert 'tidings_transport_failing{transport="memory"} 0.0\n' in page
    assert "\ntidings_http_streams 0.0\n" in page


async def test_each_process_takes_a_port_of_its_own(shown: pytest.LogCaptureFixture) -> None:
    async with metrics_page(application(), MetricsPage("127.0.0.1", 0, 1)):
        (first,) = ports(shown)
        async with metrics_page(application(), MetricsPage("127.0.0.1", first, 50)):
            assert first < ports(shown)[1] < first + 50

        with pytest.raises(SettingsError, match=f"port {first} cannot be listened on for metrics"):
            async with metrics_page(application(), MetricsPage("127.0.0.1", first, 1)):
                pass


def test_the_command_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tidings.metrics", raising=False)
    monkeypatch.setitem(sys.modules, "prometheus_client.metrics_core", None)

    ran = run_command("serve", "--metrics-port", "0")

    assert ran.code == 1
    assert "pip install 'tidings[metrics]'" in ran.words
