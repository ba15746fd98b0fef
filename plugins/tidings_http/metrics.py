"""What a front counts, for Prometheus; and what other plugins do.

The numbers are this process's. Of several processes each has its own, to be asked for and added up
by Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

try:
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
    from prometheus_client.registry import Collector
except ImportError as error:
    raise ImportError(f"{error.msg}: pip install 'tidings[metrics]'", name=error.name) from error

from tidings.metrics import collectors

if TYPE_CHECKING:
    from tidings_http.front import HttpFront

MEDIA_TYPE = CONTENT_TYPE_LATEST

_PREFIX = "tidings_http_"


def shown(front: HttpFront) -> bytes:
    """Return the page that Prometheus asks for."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for collector in collectors(front.tidings):
        registry.register(collector)
    return generate_latest(registry)


class HttpCollector(Collector):
    """Reads a front's counters when Prometheus asks; counts nothing itself.

    Args:
        front: whose counters they are.
    """

    def __init__(self, front: HttpFront) -> None:
        self._front = front

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        counters = self._front.counters
        yield _by("requests", "Requests, by the status of the answer.", "status", counters.requests)
        yield GaugeMetricFamily(
            f"{_PREFIX}streams", "Event streams that are open.", value=counters.streams
        )
        yield _sum("opened", "Event streams opened.", counters.opened)
        yield _by("ended", "Event streams ended, by why.", "reason", counters.ended)
        yield _by("refused", "Requests that a limit stopped.", "limit", counters.refused)
        yield _by(
            "resumed",
            "Streams taken up again: nothing was missed (live), read from the log, or reset.",
            "how",
            counters.resumed,
        )
        yield _sum("events", "Events heard, each once however many listen.", counters.events)
        yield _sum("deliveries", "Events written to streams.", counters.deliveries)
        yield _sum("sent_bytes", "Bytes of text written to streams.", counters.bytes_out)


def _sum(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(_PREFIX + name, words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, int] | Mapping[int, int]) -> Metric:
    family = CounterMetricFamily(_PREFIX + name, words, labels=[label])
    for value, count in dict(values).items():
        family.add_metric([str(value)], count)
    return family
