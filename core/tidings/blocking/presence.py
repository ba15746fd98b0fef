"""Who is on presence channels, asked by blocking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress

from tidings import protocols
from tidings.blocking.background import Background, result
from tidings.errors import Closed
from tidings.presence import Member


class Presence:
    """The broker that knows who is there: `tidings.protocols.Presence`, without `await`.

    Example:
        print(tidings.presence.members("presence-room"))
    """

    def __init__(self, background: Background, presence: protocols.Presence) -> None:
        self._background = background
        self._presence = presence

    @contextmanager
    def enter(self, channel: str, member: Member) -> Iterator[None]:
        """Count one more connection of this member, until exit."""
        entered: Future[None] = Future()
        left = asyncio.Event()

        async def hold() -> None:  # in and out in one task, as a plugin's context may need
            """Be there until told to leave."""
            async with self._presence.enter(channel, member):
                entered.set_result(None)
                await left.wait()

        async def leave() -> None:
            """End `hold`."""
            left.set()

        holding = self._background.start(hold)
        try:
            wait([entered, holding], return_when=FIRST_COMPLETED)
            if not entered.done():
                result(holding)  # raises why it could not be entered
            yield
        finally:
            with suppress(Closed):  # then it has been left already
                self._background.call(leave)
                result(holding)

    def members(self, channel: str) -> Sequence[Member]:
        """Return who is there, each user once, in the order they came."""
        return self._background.call(self._presence.members, channel)
