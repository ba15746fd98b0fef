"""The answer to a push: what is stored, and what became of it on each transport."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tidings.errors import PushFailed
from tidings.event import Passed, Position, Scheduled, Staged, Stored
from tidings.shipment import Outcome, Shipment


class Receipt:
    """What became of one push or publish.

    Attributes:
        results: for each user (or the one channel, after a publish): `Stored` at a position,
            perhaps as a duplicate; `Scheduled` for later; `Staged` in the caller's transaction;
            or `Passed`, where there is no log.

    Example:
        receipt = await tidings.push(["ann", "bob"], Notification(heading="Build passed"))
        for name, outcome in (await receipt.outcomes()).items():
            print(name, outcome.state)
    """

    __slots__ = ("_shipments", "results")

    def __init__(
        self,
        results: Mapping[str, Stored | Scheduled | Staged | Passed],
        shipments: Sequence[Shipment] = (),
    ) -> None:
        self.results = results
        self._shipments = shipments

    def __repr__(self) -> str:
        return f"Receipt({dict(self.results)})"

    @property
    def duplicates(self) -> frozenset[str]:
        """The users who had it already."""
        return frozenset(
            user
            for user, result in self.results.items()
            if isinstance(result, Stored | Scheduled) and result.duplicate
        )

    @property
    def positions(self) -> Mapping[str, Position]:
        """The position for each user (or channel) where it is in the log."""
        return {
            key: result.position
            for key, result in self.results.items()
            if isinstance(result, Stored)
        }

    async def outcomes(self) -> Mapping[str, Outcome]:
        """Return what each transport did with it, by the transport's name.

        Waits until a transport has carried it or given it up, or is known to be failing; ask
        again later to see how "retrying" ended.
        """
        found: dict[str, Outcome] = {}
        for shipment in self._shipments:
            outcome = await shipment.outcome()
            known = found.get(outcome.transport)
            if known is None or known.state == "carried":  # of several batches, the one in trouble
                found[outcome.transport] = outcome
        return found


def receipt_of(
    names: Sequence[str],
    results: Sequence[Stored | Scheduled | Passed | Exception],
    shipments: Sequence[Shipment] = (),
) -> Receipt:
    """Return the receipt for these users (or this channel).

    Raises what went wrong: where there was one user the error itself, else `PushFailed`.
    """
    served: dict[str, Stored | Scheduled | Staged | Passed] = {}
    errors: dict[str, Exception] = {}
    for name, result in zip(names, results, strict=True):
        if isinstance(result, Exception):
            errors[name] = result
        else:
            served[name] = result
    receipt = Receipt(served, shipments)
    if not errors:
        return receipt
    raise errors[names[0]] if len(names) == 1 else PushFailed(errors, receipt)
