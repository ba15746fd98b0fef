"""Where a rule is tried: a fresh far side, nodes on it, and the clock they go by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from tidings.abilities import Abilities
from tidings.access import AccessRequest
from tidings.event import Event, Stored
from tidings.hooks import hookimpl
from tidings.plugin_check import check_plugin, plugin_name
from tidings.protocols import InboxRows, Log, Outbox, Presence, Revocations, Schedule
from tidings.registry import Hooks
from tidings.service import Tidings
from tidings.testing.heard import Heard

Node = Callable[[], object]
"""Makes a plugin object, not yet connected, on one far side; each is a node of one application."""

Make = Callable[[], AbstractAsyncContextManager[Node]]
"""Opens a fresh far side, on which nothing of an earlier one is seen, and closes it."""

CARRIER = "kit-carrier"
"""The one carrier a store is told of."""


class Store(Log, InboxRows, Schedule, Outbox, Revocations, Protocol):
    """A store with all that any may have; a rule uses what it says it needs."""

    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        """Append these events."""


class Transport(Presence, Protocol):
    """A transport with all that any may have."""

    abilities: Abilities

    async def push(self, events: Sequence[Event]) -> None:
        """Carry these events."""

    def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AbstractAsyncContextManager[None]:
        """Hear a channel, until exit."""


class FarSide:
    """One far side under test.

    Attributes:
        now: what the application's clock says; a rule moves it.
        within: how long, in seconds, anything may take to arrive.
        bare: what the plugin's abilities say.
    """

    def __init__(self, make: Make, node: Node, within: float, *, bare: bool = False) -> None:
        self.bare = bare
        self.now = datetime(2030, 1, 1, tzinfo=UTC)
        self.within = within
        self._make = make
        self._node = node

    def heard(self) -> Heard:
        """Make what a listener is given, and what it heard is read from."""
        return Heard(self.within, bare=self.bare)

    def plugin(self) -> object:
        """Make one more plugin object on it."""
        return self._node()

    def store(self, plugin: object | None = None) -> AbstractAsyncContextManager[Store]:
        """Connect a store on it: this object, or one more."""
        return cast("AbstractAsyncContextManager[Store]", self.connected(plugin))

    def transport(self, plugin: object | None = None) -> AbstractAsyncContextManager[Transport]:
        """Connect a transport on it: this object, or one more."""
        return cast("AbstractAsyncContextManager[Transport]", self.connected(plugin))

    @asynccontextmanager
    async def connected(self, plugin: object | None) -> AsyncIterator[object]:
        """Connect a plugin, or one more, as an application does that has it and a carrier."""
        plugin = self._node() if plugin is None else plugin
        name = plugin_name(plugin)
        if "connect" not in check_plugin(name, plugin):
            yield plugin
            return
        tidings = Tidings(plugin, _Carrier(), clock=lambda: self.now)
        async with tidings.hooks.connect[name](tidings=tidings):
            yield plugin

    @asynccontextmanager
    async def policy(self) -> AsyncIterator[Callable[[AccessRequest], Awaitable[Any]]]:
        """Connect a policy, and give its `authorize`."""
        async with self.connected(None) as plugin:
            (authorize,) = Hooks([plugin]).authorize.values()
            yield lambda request: authorize(request=request)

    @asynccontextmanager
    async def another(self) -> AsyncIterator[FarSide]:
        """Open a second far side beside it."""
        async with self._make() as node:
            yield FarSide(self._make, node, self.within, bare=self.bare)


class _Carrier:
    """Is never handed anything: the rule settles what it owes."""

    name = CARRIER
    abilities = Abilities(role="carrier")

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Carry nothing."""
