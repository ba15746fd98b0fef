"""What an inbox needs of the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidings.errors import Unsupported
from tidings.event import Event, Position, Stored
from tidings.protocols import InboxRows
from tidings.subscription import Subscription

if TYPE_CHECKING:
    from tidings.service import Tidings


class InboxAccess:
    """Rows to read, a way to store a change, and to listen; once the application is open."""

    def __init__(self, tidings: Tidings) -> None:
        self._tidings = tidings

    def rows(self) -> InboxRows:
        """Return where pages and counts are read."""
        return self._tidings.rows

    def subscribe(self, channel: str, after: Position) -> Subscription:
        """Listen to its channel, from behind a position."""
        return self._tidings.subscribe(channel, after=after)

    async def store(self, event: Event) -> Stored:
        """Store a change of the inbox."""
        (result,) = await self._tidings.submit([event])
        if isinstance(result, Stored):
            return result
        raise (
            result
            if isinstance(result, Exception)
            else Unsupported(
                f"channel {event.channel!r} is not logged: let the setting `logged` match it"
            )
        )

    async def head(self, channel: str) -> Position:
        """Return the newest position of its log."""
        return (await self._tidings.log.heads([channel]))[channel]
