"""One event as a transaction deals with it: about to be written, or found to be there."""

from __future__ import annotations

from operator import attrgetter

from tidings.changes import REDACTED
from tidings.digest import digest, digest_of
from tidings.errors import InvalidData
from tidings.event import Counts, Event

ENTRY = "channel offset id name data pending unseen origin at states created category expires"
entry_values = attrgetter(*ENTRY.split())
KNOWN = "id channel offset digest"
known_values = attrgetter(*KNOWN.split())


def check_id(event: Event) -> None:
    """Refuse an id that one of the databases would keep and the other cut short.

    Raises:
        InvalidData: it has a NUL in it.
    """
    if "\0" in event.id:
        raise InvalidData(f"id {event.id!r}: use no control characters")


class Item:
    """An event's row of `entries` and of `ids`, as far as they are read.

    Attributes:
        stored: it was there before the transaction's own rows are written.
        planned: it was scheduled, so that its id is known already.
        offset: its place in the log; 0 while it is scheduled.
        name, data: what it says; empty where that was not read.
        states: its bits in the inbox; None where it is in none.
        digest: of what it said, once that is kept no more.
    """

    __slots__ = (
        "at",
        "category",
        "channel",
        "created",
        "data",
        "digest",
        "expires",
        "id",
        "name",
        "offset",
        "origin",
        "pending",
        "planned",
        "states",
        "stored",
        "unseen",
    )

    def __init__(
        self,
        channel: int,
        offset: int,
        id: str,  # noqa: A002
        name: str = "",
        data: bytes = b"",
        *,
        states: int | None = None,
        category: str | None = None,
        digest: bytes | None = None,
    ) -> None:
        self.channel = channel
        self.offset = offset
        self.id = id
        self.name = name
        self.data = data
        self.states = states
        self.category = category
        self.digest = digest
        self.stored = True
        self.planned = False
        self.pending: int | None = None
        self.unseen: int | None = None
        self.origin: str | None = None
        self.at = 0.0
        self.created: float | None = None
        self.expires: float | None = None

    @property
    def counts(self) -> Counts | None:
        """The counts that came with it."""
        if self.pending is None or self.unseen is None:
            return None
        return Counts(self.pending, self.unseen)

    def says(self, event: Event) -> bool:
        """Tell whether an event of its id says the same; its content must have been read."""
        if self.digest is not None:
            return self.digest == digest(event)
        if self.name != event.name:
            return False
        return self.data == event.data or digest_of(self.name, self.data) == digest(event)

    def leave(self) -> None:
        """Take it out of the inbox."""
        self.states = self.category = self.expires = None

    def redact(self) -> None:
        """Take its content away; that must have been read."""
        self.digest = self.digest or digest_of(self.name, self.data)
        self.name, self.data, self.origin = REDACTED, b"{}", None
        self.leave()
