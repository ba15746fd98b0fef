"""The plugin: a broker that brings events to every process on a NATS server."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from pydantic import SecretStr

from tidings import Abilities, Event, SettingsError, TransportError, hookimpl
from tidings_nats.account import Account
from tidings_nats.line import Line
from tidings_nats.wire import HEAD_LIMIT, decode, encode, subject

logger = logging.getLogger("tidings_nats")

DATA_LIMIT = 64 * 1024
"""The most bytes of data that any event has."""


class NatsBroker:
    """Brings events to all processes that are connected to the same NATS server or cluster.

    Args:
        url: of the server, as `nats://host:4222`, or `tls://` where it has a certificate; several
            of one cluster with commas between them.
        prefix: of all subjects. Applications with another hear nothing of each other.
        user, password: what lets us in; or else
        token: the same, where the server has one for all.
        timeout: how long the server may take for an answer, in seconds.
        max_payload: the most bytes of an event's data that are carried, where the server takes
            smaller messages than most.

    Raises:
        SettingsError: a setting is wrong; it says what to write.

    Example:
        async with Tidings(NatsBroker(url="nats://10.0.0.7:4222"), SqlStore(url)) as tidings:
            await tidings.push("ann", Notification(heading="Build passed"))
    """

    name = "nats"

    # --8<-- [start:settings]
    def __init__(
        self,
        *,
        url: str = "nats://127.0.0.1:4222",
        prefix: str = "tidings",
        user: str | None = None,
        password: SecretStr | str | None = None,
        token: SecretStr | str | None = None,
        timeout: float = 5.0,
        max_payload: int = DATA_LIMIT,
    ) -> None:
        if timeout <= 0 or max_payload <= 0:
            raise SettingsError("nats: timeout and max_payload: must be more than 0")
        self._account = Account(url, prefix, user, password, token)
        self._timeout = timeout
        self.abilities = Abilities(role="broker", max_payload=max_payload)
        self._line: Line | None = None

    def __repr__(self) -> str:
        return f"NatsBroker({self._account!r})"

    # --8<-- [end:settings]
    # --8<-- [start:connect]
    @hookimpl
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        """Be connected until exit.

        Raises:
            TransportError: the server is not there or does not let us in; later, it was lost.
            SettingsError: it takes messages too small for what is to be carried.
        """
        if self._line is not None:
            raise TransportError("this NatsBroker is connected: make another for this Tidings")
        line = Line(self._account, self._timeout)
        try:
            await line.open()
            self._hold_to(line.max_payload)
            async with line.cut:
                self._line = line
                yield
        finally:
            self._line = None
            await line.close()

    # --8<-- [end:connect]
    # --8<-- [start:hooks]
    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        """Hear what is pushed on a channel, until exit or until the connection is lost."""
        name = subject(self._account.prefix, channel)

        def hear(message: bytes) -> None:
            try:
                event = decode(channel, message)
            except ValueError:
                logger.warning("a message that is no event, on %s: who else uses it?", name)
            else:
                deliver(event)

        async with self._connected.hear(name, hear):
            yield

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Have the server take these events."""
        prefix = self._account.prefix
        await self._connected.publish(
            (subject(prefix, event.channel), encode(event)) for event in events
        )

    @property
    def _connected(self) -> Line:
        if self._line is None:
            raise TransportError(f"there is no connection to {self._account!r} just now")
        return self._line

    # --8<-- [end:hooks]
    # --8<-- [start:limit]
    def _hold_to(self, most: int) -> None:
        """Refuse to start on a server that would refuse events later."""
        carried = self.abilities.max_payload or DATA_LIMIT
        if carried + HEAD_LIMIT > most:
            raise SettingsError(
                f"nats: the server takes messages of {most:,} bytes, and {carried:,} of data need "
                f"{carried + HEAD_LIMIT:,}: raise its max_payload, or set max_payload here to "
                f"{max(1, most - HEAD_LIMIT):,} or less"
            )

    # --8<-- [end:limit]
