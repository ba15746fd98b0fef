"""Events in, one at a time or many: persisted in batches, then shipped, in the order they came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tidings.cancelling import is_cancelled
from tidings.errors import Closed, PluginError, StoreError, TidingsError
from tidings.event import Event, Passed, Stored
from tidings.observing import Observers
from tidings.options import Options
from tidings.redaction import failure
from tidings.registry import Persist
from tidings.sender import Sender
from tidings.shipment import Shipment

Result = Stored | Passed | Exception


class Accepted(NamedTuple):
    """What became of one submission: a result for each event, and its way through transports."""

    results: Sequence[Result]
    shipments: Sequence[Shipment]


class _Submission(NamedTuple):
    events: Sequence[Event]
    accepted: asyncio.Future[Accepted]


class Pipeline:
    """Takes all that waits, persists it in one transaction, then hands it to every sender.

    One writer means that order comes for free, and that the store commits in groups: the more
    callers wait, the larger the batch.

    Args:
        persist: the store's hook; None without a store.
        store_carries: the store pushes what it persists; then nothing logged is shipped here.
        is_logged: tells which channels have a log.
        senders: one for each transport.
        options: `queue` bounds what waits; callers beyond it wait for room.
        observers: are shown what is shipped.
    """

    def __init__(
        self,
        persist: Persist | None,
        *,
        store_carries: bool,
        is_logged: Callable[[str], bool],
        senders: Sequence[Sender],
        options: Options,
        observers: Observers,
    ) -> None:
        self.writing = asyncio.Lock()
        """Held while events get their positions and are shipped: what holds it keeps order."""
        self._persist = persist
        self._store_carries = store_carries
        self._is_logged = is_logged
        self._senders = senders
        self._observers = observers
        self._bound = options.queue
        self._waiting: list[_Submission] = []
        self._count = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._closed = False

    async def submit(self, events: Sequence[Event]) -> Accepted:
        """Persist and ship these events; return once the store has answered.

        Raises:
            Closed: the pipeline takes nothing more.
        """
        while self._count >= self._bound and not self._closed:
            self._room.clear()
            await self._room.wait()
        if self._closed:
            raise Closed("this Tidings object is closing: nothing more is accepted")
        accepted: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Submission(events, accepted))
        self._count += len(events)
        self._news.set()
        return await accepted

    def ship(self, events: Sequence[Event]) -> list[Shipment]:
        """Hand events to every sender; for whoever holds `writing`."""
        if not events:
            return []
        self._observers.shipped(events)
        return [sender.ship(events) for sender in self._senders]

    async def run(self) -> None:
        """Write what comes, until closed and empty; whoever waits when it is cancelled is told."""
        batch: Sequence[_Submission] = ()
        try:
            while self._waiting or not self._closed:
                if not self._waiting:
                    self._news.clear()
                    await self._news.wait()
                    continue
                batch, self._waiting, self._count = self._waiting, [], 0
                self._room.set()
                async with self.writing:
                    await self._write(batch)
        finally:
            self.close()
            _leave_unanswered([*batch, *self._waiting])

    def close(self) -> None:
        """Accept nothing more; `run` ends once what was accepted is written."""
        self._closed = True
        self._news.set()
        self._room.set()

    async def _write(self, batch: Sequence[_Submission]) -> None:
        events = [event for submission in batch for event in submission.events]
        results = iter(await self._results(events))
        for submission in batch:
            mine = [next(results) for _ in submission.events]
            shipments = self.ship(self._to_ship(submission.events, mine))
            if not submission.accepted.done():  # its caller may have gone
                submission.accepted.set_result(Accepted(mine, shipments))

    async def _results(self, events: Sequence[Event]) -> list[Result]:
        """Persist those that are logged; return a result for each event."""
        logged = [event for event in events if self._is_logged(event.channel)]
        if self._persist is None or not logged:
            return [Passed() for _ in events]
        stored = iter(await self._stored(logged, self._persist))
        if len(logged) == len(events):
            return list(stored)
        return [next(stored) if self._is_logged(event.channel) else Passed() for event in events]

    async def _stored(self, events: Sequence[Event], persist: Persist) -> Sequence[Result]:
        try:
            results = await persist(events=events)
            return _checked(results, len(events))
        except TidingsError as error:
            return [error] * len(events)
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            return [StoreError("the store was cancelled from within: try again")] * len(events)
        except Exception as error:
            refusal = StoreError(
                f"the store failed ({failure(error)}): nothing was stored, try again"
            )
            refusal.__cause__ = error
            return [refusal] * len(events)

    def _to_ship(self, events: Sequence[Event], results: Sequence[Result]) -> list[Event]:
        shipped = []
        for event, result in zip(events, results, strict=True):
            if isinstance(result, Passed):
                shipped.append(event)
            elif isinstance(result, Stored) and not self._store_carries:
                channel, name, data, id, _, _, origin = event  # noqa: A001
                shipped.append(
                    Event(channel, name, data, id, result.position, result.counts, origin)
                )
        return shipped


def _checked(results: object, count: int) -> Sequence[Stored | Exception]:
    """Return the store's results if they can be such.

    Raises:
        PluginError: they are not one for each event, or something else.
    """
    if not isinstance(results, Sequence) or len(results) != count:
        given = len(results) if isinstance(results, Sequence) else type(results).__name__
        raise PluginError("store", f"gave {given} results for {count} events", hook="persist")
    for result in results:
        if not isinstance(result, Stored | Exception):
            kind = type(result).__name__
            raise PluginError("store", f"gave {kind}: give Stored or an error", hook="persist")
    return results


def _leave_unanswered(submissions: Sequence[_Submission]) -> None:
    for submission in submissions:
        if not submission.accepted.done():
            submission.accepted.set_exception(
                Closed("closed before the store had answered: to be sure, push it again by its id")
            )
