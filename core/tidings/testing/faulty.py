"""A broker that carries badly, for testing what must not mind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from random import Random
from typing import TYPE_CHECKING, cast

from tidings.abilities import Abilities
from tidings.errors import PluginError
from tidings.event import Event
from tidings.hooks import hookimpl
from tidings.plugin_check import plugin_name
from tidings.presence import Member
from tidings.protocols import Presence
from tidings.registry import Hooks, Subscribe, Transport
from tidings.testing.faults import Line, Odds

if TYPE_CHECKING:
    from tidings.service import Tidings


class FaultyTransport:
    """Loses, repeats, delays and reorders what a broker brings; alike for the same seed.

    It stands in the broker's place: all that the process hears of others, and of itself, comes
    through it. Events with and without a position fare alike, so without a log to mend it, what
    is lost is lost. A late event comes with one of those after it, or at `calm`; no clock is used.
    Every subscription has faults of its own.

    Args:
        broker: the plugin that carries; it must bring a process what it pushed itself.
        seed: the faults' seed.
        drop: how likely an event is lost (0 to 1).
        repeat: how likely it comes twice.
        delay: how likely it is late, and so out of order.
        held: how many events of one subscription are late at once, at most.

    Raises:
        ValueError: a probability or a number that cannot be one.
        PluginError: the plugin is no broker.

    Example:
        faulty = FaultyTransport(MemoryBroker(), seed=7)
        async with Tidings(faulty, MemoryStore()) as tidings:
            ...
            faulty.calm()
    """

    def __init__(
        self,
        broker: object,
        *,
        seed: int,
        drop: float = 0.2,
        repeat: float = 0.1,
        delay: float = 0.3,
        held: int = 100,
    ) -> None:
        self._odds = Odds(drop, repeat, delay, held)
        self._connect = Hooks([broker]).connect
        self._broker, self._subscribe = _broker(broker)
        self._seed = seed
        self._calm = False
        self._made = 0
        self._lines: dict[Line, Callable[[Event], None]] = {}
        self.name = f"faulty-{self._broker.name}"
        self.abilities: Abilities = self._broker.abilities.model_copy(update={"local": True})

    def calm(self) -> None:
        """Bring all that is late, and from now on carry faithfully."""
        self._calm = True
        for line, deliver in list(self._lines.items()):
            for event in line.clear():
                deliver(event)

    def disturb(self) -> None:
        """Carry badly again."""
        self._calm = False

    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings: Tidings) -> AsyncIterator[None]:
        """Connect the broker."""
        async with AsyncExitStack() as stack:
            for connect in self._connect.values():
                await stack.enter_async_context(connect(tidings=tidings))
            yield

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        """Hear a channel, badly."""
        self._made += 1
        line = Line(Random(f"{self._seed} {channel} {self._made}"), self._odds)  # noqa: S311

        def bring(event: Event) -> None:
            """Hand on what the line makes of it."""
            for arriving in [event] if self._calm else line.carry(event):
                deliver(arriving)

        async with self._subscribe(channel=channel, deliver=bring):
            self._lines[line] = deliver
            try:
                yield
            finally:
                del self._lines[line]

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Hand the events to the broker."""
        await self._broker.push(events=events)

    def enter(self, channel: str, member: Member) -> AbstractAsyncContextManager[None]:
        """Count one more connection of this member with the broker, until exit."""
        return cast("Presence", self._broker.plugin).enter(channel, member)

    async def members(self, channel: str) -> Sequence[Member]:
        """Return whom the broker knows to be there."""
        return await cast("Presence", self._broker.plugin).members(channel)


def _broker(plugin: object) -> tuple[Transport, Subscribe]:
    for transport in Hooks([plugin]).transports:
        if transport.abilities.role == "broker" and transport.subscribe is not None:
            return transport, transport.subscribe
    raise PluginError(plugin_name(plugin), "is no broker: FaultyTransport takes one that is")
