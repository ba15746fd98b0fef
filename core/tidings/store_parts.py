"""What the store provides, found out once: asking an object for a Protocol is slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeVar

from tidings.errors import Unsupported
from tidings.protocols import InboxRows, Log, Outbox, Revocations, Schedule, Staging

Part = TypeVar("Part")


@dataclass(frozen=True)
class StoreParts:
    """The store as each of the Protocols it satisfies; None for those it does not."""

    log: Log | None
    rows: InboxRows | None
    schedule: Schedule | None
    staging: Staging | None
    outbox: Outbox | None
    revocations: Revocations | None

    @classmethod
    def of(cls, store: object | None) -> Self:
        """Ask a store what it provides; None provides nothing."""

        def part(protocol: type[Part]) -> Part | None:
            return store if isinstance(store, protocol) else None

        return cls(
            part(Log),
            part(InboxRows),
            part(Schedule),
            part(Staging),
            part(Outbox),
            part(Revocations),
        )


def needed(part: Part | None, name: str, purpose: str, *, store: object | None) -> Part:
    """Return a part of the store, or say what lacks it.

    Raises:
        Unsupported: there is no store, or it is none of that name.
    """
    if part is not None:
        return part
    if store is None:
        raise Unsupported(f"{purpose} needs a store: add one, such as MemoryStore()")
    raise Unsupported(f"{purpose} needs a store that is a {name} too")
