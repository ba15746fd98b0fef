"""Every mistake a plugin's author can make is told at registration, with its cure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tidings import Abilities, AccessRequest, Event, Grant, PluginError, hookimpl
from tidings.event import Stored
from tidings.policy import OwnChannels
from tidings.registry import Hooks
from tidings_memory import MemoryBroker, MemoryStore


class Carrier:
    abilities = Abilities(role="carrier")

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None: ...


class Unmarked:
    async def authorize(self, request: AccessRequest) -> Grant: ...  # type: ignore[empty-body]


class NotAsync:
    @hookimpl
    def authorize(self, request: AccessRequest) -> None: ...


class AsyncGenerator:
    @hookimpl
    async def connect(self, tidings: Any) -> AsyncIterator[None]:
        yield


class CoroutineForContext:
    @hookimpl
    async def connect(self, tidings: Any) -> None: ...


class DefaultedExtra:
    @hookimpl
    async def authorize(self, request: AccessRequest, strict: bool = True) -> None: ...


class DefaultedArgument:
    @hookimpl
    async def authorize(self, request: AccessRequest | None = None) -> None: ...


class AnyArguments:
    @hookimpl
    async def authorize(self, **given: Any) -> None: ...


class NoSuchHook:
    @hookimpl
    async def deliver(self, event: Event) -> None: ...


class Wrapper:
    @hookimpl(tryfirst=True)
    async def authorize(self, request: AccessRequest) -> None: ...


class Roleless:
    @hookimpl
    async def push(self, events: Sequence[Event]) -> None: ...


class DeafBroker:
    abilities = Abilities(role="broker")

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None: ...


class Loglessstore:
    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored]: ...  # type: ignore[empty-body]


class HalfScheduled(MemoryStore):
    name = "half"
    fire = None  # type: ignore[assignment]


class Idle:
    pass


class Policy(OwnChannels):
    def __init__(self, **abilities: Any) -> None:
        self.abilities = Abilities(**abilities)


class OtherCarrier(Carrier):
    def __init__(self, **abilities: Any) -> None:
        self.abilities = Abilities(role="carrier", **abilities)


class OtherStore(MemoryStore):
    def __init__(self, **abilities: Any) -> None:
        self.abilities = Abilities(**abilities)


class Memberless(MemoryBroker):
    enter = None  # type: ignore[assignment]


class HeardCarrier(MemoryBroker):
    abilities = Abilities(role="carrier", local=True)


@pytest.mark.parametrize(
    ("plugin", "hook", "cure"),
    [
        (Unmarked(), "authorize", "put @hookimpl above it"),
        (NotAsync(), "authorize", "must be `async def`"),
        (AsyncGenerator(), "connect", "add @asynccontextmanager"),
        (CoroutineForContext(), "connect", "returns an async context manager"),
        (DefaultedExtra(), "authorize", "'strict' is never passed; there are request"),
        (DefaultedArgument(), "authorize", "needs no default"),
        (AnyArguments(), "authorize", "name the arguments: request"),
        (NoSuchHook(), "deliver", "there are connect, authorize, subscribe, push, persist"),
        (Wrapper(), "authorize", "without options"),
        (Roleless(), "push", 'Abilities(role="broker") or "carrier"'),
        (DeafBroker(), "push", "implement subscribe"),
        (Loglessstore(), "persist", "it lacks recall, heads, trim, forget"),
        (HalfScheduled(), None, "tidings.protocols.Schedule; it lacks fire"),
        (Idle(), None, "implements none of the hooks"),
        (Idle, None, "plugin 'idle': is a class: give an instance, Idle(...)"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str | None) else None,
)
def test_a_wrong_plugin_is_refused_with_its_cure(plugin: object, hook: str, cure: str) -> None:
    with pytest.raises(PluginError) as caught:
        Hooks([plugin])

    assert caught.value.hook == hook
    assert cure in str(caught.value)
    assert repr(caught.value.plugin) in str(caught.value)


@pytest.mark.parametrize(
    ("plugin", "hook", "cure"),
    [
        (Policy(role="carrier"), "push", "needed for the ability role: implement it, or"),
        (Policy(durable=True), "persist", "needed for the ability durable"),
        (OtherCarrier(presence=True), "subscribe", "needed for the ability presence"),
        (Memberless(), None, "tidings.protocols.Presence; it lacks enter"),
        (OtherCarrier(local=True), "subscribe", "needed for the ability local"),
        (HeardCarrier(), None, "only a broker can claim the ability local"),
        (OtherStore(taskless=True), "subscribe", "needed for the ability taskless"),
        (OtherCarrier(carries=True), "persist", "needed for the ability carries"),
        (OtherStore(carries=True), None, "claims carries, so it owes nothing: leave out owed"),
        (OtherCarrier(listen=True), "subscribe", "needed for the ability listen"),
        (OtherStore(max_payload=1), "push", "needed for the ability max_payload"),
        (OtherCarrier(stubs=True), None, "claims stubs of what is too large: say max_payload"),
        (OtherStore(bare=True), "push", "needed for the ability bare"),
    ],
    ids=lambda value: "" if isinstance(value, str | None) else type(value).__name__,
)
def test_what_a_plugin_claims_and_cannot_do_is_refused(
    plugin: object, hook: str | None, cure: str
) -> None:
    with pytest.raises(PluginError, match=cure) as caught:
        Hooks([plugin])

    assert caught.value.hook == hook


def test_two_stores_are_refused() -> None:
    second = MemoryStore()
    second.name = "second"  # type: ignore[attr-defined]

    with pytest.raises(PluginError, match="there can be one store, and 'memory-store' is it"):
        Hooks([MemoryStore(), second])


def test_two_plugins_of_one_name_are_refused() -> None:
    with pytest.raises(PluginError, match="give one of the two another `name`"):
        Hooks([Carrier(), Carrier()])


def test_a_plugin_is_called_by_its_class_unless_it_has_a_name() -> None:
    named = Carrier()
    named.name = "loud"  # type: ignore[attr-defined]

    assert list(Hooks([Carrier(), named, MemoryStore()]).plugins) == [
        "carrier",
        "loud",
        "memory-store",
    ]


async def test_a_plugin_may_take_fewer_arguments_than_are_passed() -> None:
    class Careless:
        @hookimpl
        async def authorize(self) -> Grant:
            return Grant()

    hooks = Hooks([Careless()])

    assert await hooks.authorize["careless"](request=AccessRequest(None, "news")) == Grant()


async def test_a_context_hook_may_take_fewer_arguments_too() -> None:
    heard: list[str] = []

    class Quiet(DeafBroker):
        @hookimpl
        @asynccontextmanager
        async def subscribe(self, channel: str) -> AsyncIterator[None]:
            heard.append(channel)
            yield

    (transport,) = Hooks([Quiet()]).transports
    assert transport.subscribe is not None
    deliver: Callable[[Event], None] = lambda _: None  # noqa: E731
    async with transport.subscribe(channel="news", deliver=deliver):
        assert heard == ["news"]


def test_the_order_of_hooks_is_that_of_plugins() -> None:
    class First(OwnChannels):
        name = "first"

    class Second(OwnChannels):
        name = "second"

    assert list(Hooks([First(), Second()]).authorize) == ["first", "second"]
