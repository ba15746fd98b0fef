"""Who is gone for a moment only is not reported at all.

Source: Pusher's documents on webhooks, "Webhook request delay". Sans-I/O: events and times in,
events out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import NamedTuple

Report = Mapping[str, str | int]
"""An event of a webhook, as Pusher names its parts."""

PAIRS = {"channel_vacated": "channel_occupied", "member_removed": "member_added"}
"""What waits, and what of the same channel or member makes it void."""

_VOIDING: Mapping[object, str] = {coming: going for going, coming in PAIRS.items()}


class _Gone(NamedTuple):
    event: Report
    until: float


class Grace:
    """Holds back that a channel is vacated or a member removed, and drops it if they come back.

    Whoever folds what comes out ends with the same channels occupied and the same members on them
    as with what went in. Of one channel or member, and of a channel and its members where all of
    them go, the order is kept.

    Args:
        wait: for how long, in seconds.
        most: how many may be held back; of more, the oldest is let go before its time.
    """

    def __init__(self, wait: float, most: int = 100_000) -> None:
        self._wait = wait
        self._most = most
        self._gone: OrderedDict[Hashable, _Gone] = OrderedDict()  # who went first comes first

    @property
    def next_due(self) -> float | None:
        """When the next event is to be asked for with `due`."""
        return next(iter(self._gone.values())).until if self._gone else None

    def take(self, event: Report, now: float) -> list[Report]:
        """Take an event; return those that are to be sent at once, in order."""
        kind = event["name"]
        if kind in PAIRS:
            self._gone.setdefault(_of(kind, event), _Gone(event, now + self._wait))
            return [self._first()] if len(self._gone) > self._most else []
        if kind in _VOIDING:
            void = self._gone.pop(_of(_VOIDING[kind], event), None)
            return [] if void is not None else [event]
        return [event]

    def due(self, now: float) -> list[Report]:
        """Return what was held back long enough, in order."""
        found = []
        while self.next_due is not None and self.next_due <= now:
            found.append(self._first())
        return found

    def flush(self) -> list[Report]:
        """Return all that is held back: nobody comes back any more."""
        return [self._first() for _ in range(len(self._gone))]

    def _first(self) -> Report:
        return self._gone.popitem(last=False)[1].event


def _of(going: object, event: Report) -> Hashable:
    """Return whose event it is: a channel's or a member's."""
    return going, event["channel"], event.get("user_id")
