"""What a front has done since it was made, in numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds by which latencies are counted; the last bucket has none."""


@dataclass(slots=True)
class Counters:
    """Plain numbers, cheap to count; `tidings_websocket.metrics` shows them to Prometheus.

    Attributes:
        opened: connections, by dialect.
        ended: connections, by why they ended ("gone": the client left).
        refused: by which limit: connections, per_address, per_user, handshake, origin, rate,
            message, subscriptions.
        connections: open now.
        subscriptions: connections times channels, now.
        requests: what clients asked for, by command.
        failures: requests that failed, by the error's type.
        events: events heard, each once however many listen.
        deliveries: events written to connections.
        bytes_in, bytes_out: of texts in messages.
        slow: clients that took too little and were ended.
        resumed: clients that came back: with nothing missed and no reading ("live"), by reading
            the log ("log"), or with a reset ("reset").
        latest: the address last refused, by limit, and last too slow: for the log.
        latency: how many events were written within `BUCKETS` of being made, and their sum in
            seconds. Of events whose id is a UUIDv7; those of notifications usually are.
    """

    opened: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    subscriptions: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    events: int = 0
    deliveries: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    slow: int = 0
    resumed: Counter[str] = field(default_factory=Counter)
    latest: dict[str, str | None] = field(default_factory=dict)
    latency: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    latency_sum: float = 0.0

    @property
    def bounds(self) -> tuple[float, ...]:
        """The upper bounds of `latency`, for who knows no more than these numbers."""
        return BUCKETS

    def refuse(self, limit: str, address: str | None) -> None:
        """Count a client, or a request, that a limit stopped."""
        self.refused[limit] += 1
        self.latest[limit] = address

    def too_slow(self, address: str | None) -> None:
        """Count a client that took too little."""
        self.slow += 1
        self.latest["slow"] = address

    def took(self, seconds: float) -> None:
        """Count a latency."""
        self.latency[bisect_left(BUCKETS, seconds)] += 1
        self.latency_sum += seconds
