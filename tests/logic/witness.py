"""A store that remembers all that was ever appended, whatever is trimmed or forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from logic.hesitant import HesitantStore
from tidings import Event, Fired, Position, Stored, hookimpl
from tidings_memory import MemoryStore


class WitnessedStore(HesitantStore):
    """Keeps, besides, the history of every channel's epochs.

    Attributes:
        epochs: every epoch that a channel had, in order.
        uncounted: positions of duplicates whose counts were known no longer.
    """

    def __init__(self, *, seed: int, **keeps: object) -> None:
        super().__init__(seed=seed, span=0.002, **keeps)
        self._history: dict[tuple[str, str], dict[int, Event]] = defaultdict(dict)
        self._trimmed: dict[tuple[str, str], int] = {}
        self.epochs: dict[str, list[str]] = defaultdict(list)
        self.uncounted: set[tuple[str, Position]] = set()

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        results = await super().persist(events=events)
        for event, result in zip(events, results, strict=True):
            if not isinstance(result, Stored):
                continue
            if not result.duplicate:
                self._note(event._replace(position=result.position, counts=result.counts))
            elif result.counts is None:
                self.uncounted.add((event.channel, result.position))
        return results

    async def fire(self, now: datetime, limit: int) -> Fired:
        fired = await super().fire(now, limit)
        for event in fired.events:
            self._note(event)
        return fired

    async def forget(self, channel: str) -> None:
        await self.trimmed(channel)
        await super().forget(channel)

    async def head(self, channel: str) -> Position:
        """Return a channel's newest position, without hesitating."""
        return (await MemoryStore.heads(self, [channel]))[channel]

    async def trimmed(self, channel: str) -> Mapping[str, int]:
        """Return, for each epoch of a channel, the last offset that was trimmed."""
        answer = await MemoryStore.recall(self, channel, 0, 1)
        self._trimmed[channel, answer.epoch] = answer.first - 1
        if answer.epoch not in self.epochs[channel]:
            self.epochs[channel].append(answer.epoch)
        return {
            epoch: through for (name, epoch), through in self._trimmed.items() if name == channel
        }

    def history(self, channel: str, epoch: str) -> list[Event]:
        """Return all events of an epoch, in order, as they were appended."""
        known = self._history[channel, epoch]
        return [known[offset] for offset in sorted(known)]

    def _note(self, event: Event) -> None:
        assert event.position is not None
        epoch, offset = event.position
        assert offset not in self._history[event.channel, epoch]
        self._history[event.channel, epoch][offset] = event
