"""Inbox rows for a store that keeps none: the log, folded at each reading."""

from __future__ import annotations

from tidings.event import Counts, Position
from tidings.inbox_fold import Fold
from tidings.page import Filter, Page
from tidings.protocols import Log


class FoldedRows:
    """Answers as `InboxRows` does, at the cost of reading the whole log: all it has is the inbox.

    Args:
        log: the store's log.
        batch: how many events to read at once.
    """

    def __init__(self, log: Log, batch: int) -> None:
        self._log = log
        self._batch = batch

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        """Read up to `limit` entries, newest first, with offsets below `before`."""
        fold, position = await self._fold(channel)
        entries, more = fold.page(filter, limit, before)
        return Page(entries, fold.counts, position, more)

    async def counts(self, channel: str) -> Counts:
        """Return what the badge shows now."""
        fold, _ = await self._fold(channel)
        return fold.counts

    async def _fold(self, channel: str) -> tuple[Fold, Position]:
        fold, position = Fold(), Position("", 0)
        while True:
            answer = await self._log.recall(channel, position.offset, self._batch)
            if position.epoch not in ("", answer.epoch):
                fold, position = Fold(), Position("", 0)  # forgotten while it was read
                continue
            for event in answer.events:
                fold.apply(event)
            read = answer.events[-1].position if answer.events else None
            position = read or Position(answer.epoch, answer.head)
            if position.offset >= answer.head:
                return fold, position
