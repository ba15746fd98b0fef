"""Is this object a plugin? Every mistake an author can make is named here, with its cure."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from tidings.abilities import Abilities
from tidings.errors import PluginError
from tidings.hooks import HOOKS, PROJECT, HookSpecs
from tidings.protocols import InboxRows, Log, Outbox, Presence, Revocations, Schedule, Staging

_COROUTINES = frozenset({"authorize", "push", "persist"})
_MARK = f"{PROJECT}_impl"
_CLAIMED_OF = {
    "role": "push",
    "durable": "persist",
    "presence": "subscribe",
    "local": "subscribe",
    "taskless": "subscribe",
    "carries": "persist",
    "listen": "subscribe",
    "max_payload": "push",
    "stubs": "push",
    "bare": "push",
}
"""Which hook each ability is about: it means nothing without."""


def plugin_name(plugin: object) -> str:
    """Return what a plugin is called: its attribute `name`, or its class's name with dashes."""
    name = getattr(plugin, "name", None)
    if isinstance(name, str) and name:
        return name
    of = plugin if inspect.isclass(plugin) else type(plugin)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", of.__name__).lower()


def check_plugin(name: str, plugin: object) -> frozenset[str]:
    """Return which hooks a plugin implements.

    Raises:
        PluginError: it is a class, implements nothing, or implements something wrongly.
    """
    if inspect.isclass(plugin):
        raise PluginError(name, f"is a class: give an instance, {plugin.__name__}(...)")
    marked = {}
    for attribute in dir(type(plugin)):
        function = getattr(type(plugin), attribute, None)
        if callable(function) and getattr(function, _MARK, None) is not None:
            marked[attribute] = function
    for hook in HOOKS:
        if hook not in marked and callable(getattr(plugin, hook, None)):
            raise PluginError(name, "has no mark: put @hookimpl above it, or rename it", hook=hook)
    for hook, function in marked.items():
        _check_hook(name, hook, function)
    if not marked:
        raise PluginError(name, f"implements none of the hooks {', '.join(HOOKS)}")
    _check_roles(name, plugin, frozenset(marked))
    return frozenset(marked)


def _check_hook(name: str, hook: str, function: Callable[..., Any]) -> None:
    if hook not in HOOKS:
        raise PluginError(name, f"there is no such hook; there are {', '.join(HOOKS)}", hook=hook)
    options = getattr(function, _MARK)
    if any(options.get(key) for key in ("wrapper", "hookwrapper", "tryfirst", "trylast")):
        raise PluginError(
            name, "use @hookimpl without options: order is that of plugins", hook=hook
        )
    if inspect.isgeneratorfunction(inspect.unwrap(function)):
        cure = "it must be asynchronous: `async def`, under @asynccontextmanager where it yields"
        raise PluginError(name, f"is a generator: {cure}", hook=hook)
    if inspect.isasyncgenfunction(function):
        cure = "add @asynccontextmanager between @hookimpl and `async def`"
        if hook in _COROUTINES:
            cure = "it has a `yield`: it must be a plain `async def`"
        raise PluginError(name, f"is an async generator: {cure}", hook=hook)
    if inspect.iscoroutinefunction(function) != (hook in _COROUTINES):
        wanted = (
            "`async def`"
            if hook in _COROUTINES
            else "a function that returns an async context manager"
        )
        raise PluginError(name, f"must be {wanted}", hook=hook)
    _check_arguments(name, hook, function)


def _check_arguments(name: str, hook: str, function: Callable[..., Any]) -> None:
    passed = list(inspect.signature(getattr(HookSpecs, hook)).parameters)[1:]
    for argument in list(inspect.signature(function).parameters.values())[1:]:
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise PluginError(name, f"name the arguments: {', '.join(passed)}", hook=hook)
        if argument.name not in passed:
            raise PluginError(
                name,
                f"argument {argument.name!r} is never passed; there are {', '.join(passed)}",
                hook=hook,
            )
        if argument.default is not argument.empty:
            raise PluginError(name, f"argument {argument.name!r} needs no default", hook=hook)


def _check_roles(name: str, plugin: object, hooks: frozenset[str]) -> None:
    abilities = getattr(plugin, "abilities", Abilities())
    if not isinstance(abilities, Abilities):
        raise PluginError(name, "`abilities` must be a tidings.Abilities object")
    if "subscribe" in hooks and "push" not in hooks:
        raise PluginError(name, "hears but does not push: implement push as well", hook="subscribe")
    if "push" in hooks and abilities.role is None:
        raise PluginError(
            name, 'say what it is: abilities = Abilities(role="broker") or "carrier"', hook="push"
        )
    if "push" in hooks and abilities.role == "broker" and "subscribe" not in hooks:
        raise PluginError(name, "a broker is heard too: implement subscribe", hook="push")
    if "persist" in hooks and not _provides(plugin, Log):
        raise PluginError(name, _lacking("a store", plugin, Log), hook="persist")
    _check_claims(name, plugin, abilities, hooks)
    for optional in (InboxRows, Schedule, Staging, Outbox, Revocations):
        begun = any(callable(getattr(plugin, method, None)) for method in _methods(optional))
        if "persist" in hooks and begun and not _provides(plugin, optional):
            raise PluginError(name, _lacking(f"part of {optional.__name__}", plugin, optional))


def _check_claims(name: str, plugin: object, abilities: Abilities, hooks: frozenset[str]) -> None:
    """Hold what a plugin claims against what it implements."""
    for claim, hook in _CLAIMED_OF.items():
        if getattr(abilities, claim) and hook not in hooks:
            cure = "implement it, or do not claim that"
            raise PluginError(name, f"is needed for the ability {claim}: {cure}", hook=hook)
    for claim in ("local", "presence"):
        if getattr(abilities, claim) and abilities.role != "broker":
            raise PluginError(name, f"only a broker can claim the ability {claim}")
    if abilities.presence and not _provides(plugin, Presence):
        raise PluginError(name, _lacking("the ability presence", plugin, Presence))
    if abilities.stubs and abilities.max_payload is None:
        raise PluginError(name, "claims stubs of what is too large: say max_payload too")
    if abilities.carries and _provides(plugin, Outbox):
        raise PluginError(name, "claims carries, so it owes nothing: leave out owed and settle")


@cache
def _methods(protocol: type) -> Sequence[str]:
    return [
        name
        for name, value in vars(protocol).items()
        if inspect.isfunction(value) and name[0] != "_"
    ]


def _provides(plugin: object, protocol: type) -> bool:
    for method in _methods(protocol):
        has = getattr(type(plugin), method, None)
        wanted = getattr(protocol, method)
        if not callable(has) or inspect.iscoroutinefunction(has) != inspect.iscoroutinefunction(
            wanted
        ):
            return False
    return True


def _lacking(what: str, plugin: object, protocol: type) -> str:
    lacks = [name for name in _methods(protocol) if not callable(getattr(plugin, name, None))]
    missing = ", ".join(lacks) or "`async def` where the protocol has it"
    return f"{what} needs all of tidings.protocols.{protocol.__name__}; it lacks {missing}"
