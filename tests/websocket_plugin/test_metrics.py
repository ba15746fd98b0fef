"""What Prometheus is shown of a front at work."""

from __future__ import annotations

import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from fronts import Site, until
from tidings import Notification
from tidings_websocket.metrics import FrontCollector


@pytest.fixture
def registry(here: Site) -> CollectorRegistry:
    """A registry with the front in it."""
    registry = CollectorRegistry()
    registry.register(FrontCollector(here.front))
    return registry


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    """Return what a metric is now."""
    return registry.get_sample_value(f"tidings_websocket_{name}", labels)


async def test_connections_and_what_they_hear_are_shown(
    here: Site, registry: CollectorRegistry
) -> None:
    async with here.connect("ann") as ann, here.connect("bob"):
        await ann.ask("subscribe", channel="news")

        assert value(registry, "connections") == 2
        assert value(registry, "subscriptions") == 3
        assert value(registry, "opened_total", dialect="plain") == 2
        assert value(registry, "requests_total", command="Subscribe") == 1
    await here.quiet()
    assert value(registry, "connections") == 0
    assert value(registry, "ended_total", reason="gone") == 2


async def test_what_goes_out_is_shown_with_the_time_it_took(
    here: Site, registry: CollectorRegistry
) -> None:
    async with here.connect("ann") as phone, here.connect("ann") as laptop:
        before = value(registry, "sent_bytes_total") or 0
        await here.tidings.push("ann", Notification(heading="It works"))
        await phone.next()
        await laptop.next()

        assert value(registry, "events_total") == 1
        assert value(registry, "deliveries_total") == 2
        assert (value(registry, "sent_bytes_total") or 0) - before > 2 * len("It works")
        assert value(registry, "latency_seconds_count") == 1
        assert value(registry, "latency_seconds_bucket", le="+Inf") == 1
        assert (value(registry, "latency_seconds_sum") or 0) > 0


async def test_each_bucket_of_the_latency_counts_those_below_it(
    here: Site, registry: CollectorRegistry
) -> None:
    for seconds in (0.002, 0.2, 100.0):
        here.counters.took(seconds)

    counts = [
        value(registry, "latency_seconds_bucket", le=le)
        for le in ("0.001", "0.0025", "0.1", "0.25", "10.0", "+Inf")
    ]
    assert counts == [0, 1, 1, 2, 2, 3]


async def test_coming_back_is_shown_by_what_it_cost(
    here: Site, registry: CollectorRegistry
) -> None:
    async with here.connect("ann") as ann:
        start = ann.welcome["position"]
    async with here.connect("ann", after=start) as ann:
        pass
    await here.tidings.push("ann", Notification(heading="It works"))
    async with here.connect("ann", after=start) as ann:
        await ann.next()
        await until(lambda: here.counters.resumed["log"], "it had been read")
    async with here.connect("ann", after={"epoch": "another", "offset": 7}) as ann:
        await ann.next()
        await until(lambda: here.counters.resumed["reset"], "it had been read")

    for how in ("live", "log", "reset"):
        assert value(registry, "resumed_total", how=how) == 1, how


async def test_refusals_and_failures_are_shown(here: Site, registry: CollectorRegistry) -> None:
    here.counters.refuse("per_address", "10.0.0.7")
    here.counters.too_slow(None)
    async with here.connect("ann") as ann:
        await ann.refused("subscribe", channel="private-user-bob")

    assert value(registry, "refused_total", limit="per_address") == 1
    assert value(registry, "slow_clients_total") == 1
    assert value(registry, "failures_total", error="Denied") == 1


async def test_names_are_such_as_prometheus_wants(here: Site, registry: CollectorRegistry) -> None:
    async with here.connect("cassandra") as client:
        await client.ask("ping")
        page = generate_latest(registry).decode()

    names = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    assert all(name.startswith("tidings_websocket_") for name in names)
    assert {name for name in names if name.endswith("_total")} == {
        line.split()[2] for line in page.splitlines() if line.endswith(" counter")
    }
    assert "cassandra" not in page


def test_a_missing_package_is_named_with_what_installs_it() -> None:
    code = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "try: import tidings_websocket.metrics\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert done.stdout.strip().endswith(": pip install 'tidings[metrics]'")
