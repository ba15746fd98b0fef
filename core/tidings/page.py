"""What reading an inbox gives: entries with their states, in pages, and what they are asked by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from tidings.event import Counts, Position
from tidings.notification import Notification

State = Literal["pending", "unseen", "opened", "archived"]


class Entry(NamedTuple):
    """A notification in one user's inbox, with its states.

    Opening implies seen. `data` is the notification's JSON as it was pushed.
    """

    id: str
    offset: int
    data: bytes
    opened: bool = False
    seen: bool = False
    archived: bool = False

    def __repr__(self) -> str:  # what people were told does not belong in a log
        states = [s for s in ("opened", "seen", "archived") if getattr(self, s)]
        return f"<Entry {self.id} at {self.offset}: {', '.join(states) or 'unseen'}>"

    @property
    def pending(self) -> bool:
        """Neither opened nor archived yet."""
        return not (self.opened or self.archived)

    @property
    def notification(self) -> Notification:
        """The notification, parsed from `data` at each call."""
        return Notification.from_json(self.data)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries of an inbox are wanted; every condition given must hold.

    state: "opened" leaves out the archived; None: all of them. since: created at that moment or
    later. ids: only these.

    Example:
        page = await store.page("private-user-ann", Filter(state="pending"), 50, None)
    """

    state: State | None = None
    category: str | None = None
    since: datetime | None = None
    ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A snapshot of part of an inbox, newest first, with both counts of the whole.

    position: the place in the log it was read at; live events begin behind it. more: there are
    older entries that the filter admits.

    Example:
        page = await tidings.inbox("ann").page(20)
        while page.cursor is not None:
            page = await tidings.inbox("ann").page(20, before=page.cursor)
    """

    entries: Sequence[Entry]
    counts: Counts
    position: Position
    more: bool = False

    @property
    def cursor(self) -> Position | None:
        """What to ask the next, older page with; None on the last."""
        if not self.more:
            return None
        return Position(self.position.epoch, self.entries[-1].offset)
