"""The answer to a push, whose outcomes are waited for by blocking."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from tidings import receipt
from tidings.blocking.background import Background
from tidings.blocking.errors import Forked
from tidings.errors import Closed
from tidings.event import Passed, Position, Scheduled, Staged, Stored
from tidings.shipment import Outcome


class Receipt:
    """What became of one push or publish: `tidings.Receipt`, without `await`.

    Example:
        receipt = tidings.push("ann", Notification(heading="Build passed"))
        print(receipt.outcomes())
    """

    def __init__(self, background: Background, receipt: receipt.Receipt) -> None:
        self._background = background
        self._receipt = receipt

    def __repr__(self) -> str:
        return repr(self._receipt)

    @property
    def results(self) -> Mapping[str, Stored | Scheduled | Staged | Passed]:
        """For each user (or the one channel): stored, scheduled, staged, or passed on."""
        return self._receipt.results

    @property
    def duplicates(self) -> frozenset[str]:
        """The users who had it already."""
        return self._receipt.duplicates

    @property
    def positions(self) -> Mapping[str, Position]:
        """The position for each user (or channel) where it is in the log."""
        return self._receipt.positions

    def outcomes(self) -> Mapping[str, Outcome]:
        """See `tidings.Receipt.outcomes`; after closing, it waits no more."""
        try:
            return self._background.call(self._receipt.outcomes)
        except Forked:
            raise
        except Closed:
            return asyncio.run(self._settled())

    async def _settled(self) -> Mapping[str, Outcome]:
        """Return what is known without waiting; closing has waited for what could be had."""
        try:
            async with asyncio.timeout(0):
                return await self._receipt.outcomes()
        except TimeoutError:
            raise Closed("closed before every transport had carried it or failed") from None
