"""What joins the processes that work on one database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from tidings.event import Event


class News(NamedTuple):
    """What came from other processes.

    carried: batches of events, as `carried.encode` made them. grown: channels whose logs have
    grown without another word, to be read there. written: something was written, and what may have
    become of other logs is not known.
    """

    carried: Sequence[str] = ()
    grown: Collection[str] = ()
    written: bool = False


class Link(Protocol):
    """One process's end of it. It may push whether it listens or not.

    Attributes:
        reads_logs: what is in a log is read there, not carried: where that begins must be known.
    """

    reads_logs: bool

    async def listen(self) -> None:
        """Begin to listen: what is pushed once this has returned is heard."""

    async def news(self) -> News:
        """Wait for what comes next, or a little while for nothing.

        Raises whatever the database or its driver does; `unlisten` is called after that.
        """

    async def unlisten(self) -> None:
        """Listen no more, for now."""

    async def push(self, events: Sequence[Event]) -> None:
        """Let the other processes hear these events.

        Raises whatever the database or its driver does, when it has perhaps not taken them.
        """

    async def close(self) -> None:
        """Let go of everything; called once, after which nothing else is."""
