"""What a device hears of an inbox it follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from tidings.event import Counts
from tidings.page import Entry, Page


class Added(NamedTuple):
    """A notification came in."""

    entry: Entry
    counts: Counts


class Changed(NamedTuple):
    """States changed: here, on another device, or by expiry and retention.

    name: the change's event name (`tidings.changes`). entries: those of the loaded ones that it
    touched, as they are now. removed: the ids of those that it took out of the inbox.
    """

    name: str
    entries: Sequence[Entry]
    removed: Sequence[str]
    counts: Counts


class Reloaded(NamedTuple):
    """What was followed is gone (trimmed, forgotten, restored from backup): a new page is taken.

    Everything known of the inbox before is void; `page` is what there is now.

    Example:
        async with tidings.inbox("ann").changes() as updates:
            async for update in updates:
                if isinstance(update, Reloaded):
                    print(update.page.counts)
    """

    page: Page
    reason: Literal["trimmed", "new epoch", "behind"]

    @property
    def counts(self) -> Counts:
        """Both counts, as on the page."""
        return self.page.counts


Update = Added | Changed | Reloaded
