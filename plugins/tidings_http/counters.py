"""What a front has done since it was made, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Plain numbers, cheap to count; `/metrics` shows them to Prometheus.

    Attributes:
        requests: by status.
        opened: event streams.
        ended: event streams, by why they ended ("gone": the client left).
        refused: by which limit.
        streams: open now.
        events: events heard, each once however many listen.
        deliveries: events written to streams.
        bytes_out: of texts in streams.
        resumed: streams that went on from a place: with nothing missed and no reading ("live"), by
            reading the log ("log"), or with a reset ("reset").
    """

    requests: Counter[int] = field(default_factory=Counter)
    opened: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    streams: int = 0
    events: int = 0
    deliveries: int = 0
    bytes_out: int = 0
    resumed: Counter[str] = field(default_factory=Counter)
