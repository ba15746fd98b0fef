"""How a session reaches its client: what both fronts, the fast and the portable, have to offer."""

from __future__ import annotations

from typing import Protocol

from tidings_websocket.frames import Batch

CLOSE_WITHIN = 5.0
"""How long a client may take to take the last of what it is sent, and to close, in seconds."""


class Outlet(Protocol):
    """One connection's way out."""

    def write(self, batch: Batch) -> int:
        """Send texts, without waiting; return how many bytes waited to leave before these.

        Few count as none. Once it ended, what is written is dropped.
        """

    async def drain(self) -> None:
        """Wait until little waits to leave, or the connection is gone."""

    def hold(self) -> None:
        """Read no more from the client for now."""

    def proceed(self) -> None:
        """Read on."""

    def ping(self) -> bool:
        """Ask the client for a sign of life; False where the server below does that by itself."""

    def end(self, code: int, reason: str) -> None:
        """Close the connection once all that was written has left, or soon even so."""
