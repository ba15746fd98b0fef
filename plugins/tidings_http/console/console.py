"""The console of one front: what it remembers, and what it may show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tidings import Tidings
from tidings_http.console.recent import Recent


class Console:
    """Watches an application while it is open.

    Args:
        shows_data: recent events are shown with their data, which may be anybody's secrets.

    Attributes:
        recent: the newest events, since the application was opened.
        opened_at: when that was (seconds since 1970).
    """

    def __init__(self, *, shows_data: bool) -> None:
        self.shows_data = shows_data
        self.recent = Recent(lambda: datetime.now(UTC))
        self.opened_at = 0.0

    @contextmanager
    def watching(self, tidings: Tidings) -> Iterator[None]:
        """Watch until exit."""
        self.recent = Recent(tidings.clock)
        self.opened_at = tidings.clock().timestamp()
        with tidings.observe(self.recent):
            yield
