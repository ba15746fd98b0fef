"""Whom this process has entered on presence channels: on each new connection anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tidings import Member, TidingsError
from tidings_websocket.client.asking import Asking
from tidings_websocket.client.connection import Connection
from tidings_websocket.commands import Enter, Leave


class Seats:
    """Takes seats on presence channels, and keeps them for as long as they are wanted.

    A server gives up the seats of a connection some seconds after it is lost: until then there
    should be another.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._taken: list[Enter] = []

    @asynccontextmanager
    async def taken(self, channel: str, member: Member) -> AsyncIterator[None]:
        """Have a seat until exit; raises what taking it raises."""
        enter = Enter(channel, member)
        await self._asking.ask(enter, on=await self._asking.connection())
        self._taken.append(enter)
        try:
            yield
        finally:
            self._taken.remove(enter)
            if (connection := self._asking.current) is not None:
                with suppress(TidingsError):  # it was lost: the server gives the seat up by itself
                    await self._asking.ask(Leave(channel, member.user), on=connection)

    def take_again(self, connection: Connection) -> None:
        """Take all seats on a new connection."""
        for enter in self._taken:
            self._asking.tell(enter, connection)
