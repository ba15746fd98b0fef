"""What a front counts, for Prometheus.

    from prometheus_client import REGISTRY
    from tidings_websocket.metrics import FrontCollector

    REGISTRY.register(FrontCollector(front))

The numbers are this process's. Of several processes each has its own, to be asked for and added up
by Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from tidings_websocket.counters import BUCKETS, Counters

try:
    from prometheus_client.metrics_core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
        Metric,
    )
    from prometheus_client.registry import Collector
except ImportError as error:
    raise ImportError(f"{error.msg}: pip install 'tidings[metrics]'", name=error.name) from error

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront

_PREFIX = "tidings_websocket_"
_LE = (*map(str, BUCKETS), "+Inf")


class FrontCollector(Collector):
    """Reads a front's counters when Prometheus asks, from whichever thread; counts nothing itself.

    Register it with one registry; a second front in the same process needs a second registry.

    Args:
        front: whose counters they are.
    """

    def __init__(self, front: WebSocketFront) -> None:
        self._front = front

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        counters = self._front.counters
        yield _now("connections", "Connections that are open.", counters.connections)
        yield _now(
            "subscriptions", "Channels that connections hear, summed.", counters.subscriptions
        )
        yield from _connections(counters)
        yield from _traffic(counters)
        yield _latency(counters)


def _connections(counters: Counters) -> Iterator[Metric]:
    yield _by("opened", "Connections opened.", "dialect", counters.opened)
    yield _by("ended", "Connections ended, by why.", "reason", counters.ended)
    yield _by("refused", "Clients or requests that a limit stopped.", "limit", counters.refused)
    yield _by(
        "resumed",
        "Channels taken up again: nothing was missed (live), read from the log, or reset.",
        "how",
        counters.resumed,
    )
    yield _sum("slow_clients", "Clients that took too little and were ended.", counters.slow)


def _traffic(counters: Counters) -> Iterator[Metric]:
    yield _by("requests", "Requests of clients.", "command", counters.requests)
    yield _by("failures", "Requests that failed.", "error", counters.failures)
    yield _sum("events", "Events heard, each once however many listen.", counters.events)
    yield _sum("deliveries", "Events written to connections.", counters.deliveries)
    yield _sum("received_bytes", "Bytes of texts from clients.", counters.bytes_in)
    yield _sum("sent_bytes", "Bytes of texts to clients, uncompressed.", counters.bytes_out)


def _latency(counters: Counters) -> Metric:
    """Return the histogram; each of its buckets counts those below it too."""
    buckets = list(zip(_LE, map(float, accumulate(tuple(counters.latency))), strict=True))
    return HistogramMetricFamily(
        f"{_PREFIX}latency_seconds",
        "From an event's being made to its being written to the connections that hear it.",
        buckets=buckets,
        sum_value=counters.latency_sum,
    )


def _now(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, words, value=value)


def _sum(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(_PREFIX + name, words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(_PREFIX + name, words, labels=[label])
    for value, count in dict(values).items():  # a copy: the front goes on counting meanwhile
        family.add_metric([value], count)
    return family
