"""What an application counts, for Prometheus.

    from prometheus_client import REGISTRY
    from tidings.metrics import collectors

    for collector in collectors(tidings):
        REGISTRY.register(collector)

The numbers are this process's. Of several processes each has its own, to be asked for and added up
by Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

try:
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
    from prometheus_client.registry import Collector
except ImportError as error:
    raise ImportError(f"{error.msg}: pip install 'tidings[metrics]'", name=error.name) from error

from tidings.errors import Closed

if TYPE_CHECKING:
    from tidings.service import Tidings


@runtime_checkable
class Counting(Protocol):
    """A plugin that counts, as the fronts do."""

    @property
    def collector(self) -> Collector:
        """What Prometheus is told."""


def collectors(tidings: Tidings) -> Iterator[Collector]:
    """Go through all that counts: the transports, and each plugin that has a `collector`.

    Register them with one registry; a second application in the same process needs a second one.
    They may be registered before the application is open.
    """
    yield TransportCollector(tidings)
    for plugin in tidings.hooks.plugins.values():
        if isinstance(plugin, Counting):
            yield plugin.collector


class TransportCollector(Collector):
    """Shows how the transports of an application are doing, while it is open.

    Args:
        tidings: the application.
    """

    def __init__(self, tidings: Tidings) -> None:
        self._tidings = tidings

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        carried = CounterMetricFamily(
            "tidings_transport_carried", "Events that the far side took.", labels=["transport"]
        )
        given_up = CounterMetricFamily(
            "tidings_transport_given_up", "Events that it never will.", labels=["transport"]
        )
        waiting = GaugeMetricFamily(
            "tidings_transport_waiting", "Events on their way.", labels=["transport"]
        )
        failing = GaugeMetricFamily(
            "tidings_transport_failing", "1: its last attempt failed.", labels=["transport"]
        )
        try:
            states = self._tidings.transports
        except Closed:
            states = ()
        for state in states:
            carried.add_metric([state.transport], state.carried)
            given_up.add_metric([state.transport], state.given_up)
            waiting.add_metric([state.transport], state.waiting)
            failing.add_metric([state.transport], state.error is not None)
        yield from (carried, given_up, waiting, failing)
