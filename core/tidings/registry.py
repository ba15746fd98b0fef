"""The one class that touches pluggy: plugins in, a typed table of bound hooks out."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import pluggy

from tidings.abilities import Abilities
from tidings.access import Denial, Grant
from tidings.errors import PluginError
from tidings.event import Stored
from tidings.hooks import HOOKS, PROJECT, HookSpecs
from tidings.plugin_check import check_plugin, plugin_name

Connect = Callable[..., AbstractAsyncContextManager[None]]
Authorize = Callable[..., Awaitable[Grant | Denial | None]]
Subscribe = Callable[..., AbstractAsyncContextManager[None]]
Push = Callable[..., Awaitable[None]]
Persist = Callable[..., Awaitable[Sequence[Stored | Exception]]]


@dataclass(frozen=True, slots=True)
class Transport:
    """A plugin that pushes: a broker or a carrier."""

    name: str
    plugin: object
    abilities: Abilities
    push: Push
    subscribe: Subscribe | None


class _Manager(pluggy.PluginManager):
    """Looks at what is named as a hook alone: `check_plugin` has seen to everything else.

    Looking at each attribute took most of the time of making a `Tidings` object.
    """

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """Return the marks of a method, or None where it is no hook."""
        return super().parse_hookimpl_opts(plugin, name) if name in HOOKS else None


class Hooks:
    """All plugins of one `Tidings` object, checked, and their hooks bound once.

    A bound hook is called by keyword with all that its specification names, whatever the plugin
    takes of it. The order everywhere is that in which plugins were given.

    Raises:
        PluginError: a plugin is none, two have one name, or two want to be the store.
    """

    def __init__(self, plugins: Iterable[object]) -> None:
        self._pluggy = _Manager(PROJECT)
        self._pluggy.add_hookspecs(HookSpecs)
        self.plugins: dict[str, object] = {}
        self.implements: dict[str, frozenset[str]] = {}
        for plugin in plugins:
            self._register(plugin_name(plugin), plugin)
        self._pluggy.check_pending()
        self.connect: dict[str, Connect] = self._bound("connect")
        self.authorize: dict[str, Authorize] = self._bound("authorize")
        self.persist: dict[str, Persist] = self._bound("persist")
        self.transports = self._transports()
        if len(self.persist) > 1:
            first, second, *_ = self.persist
            raise PluginError(
                second, f"there can be one store, and {first!r} is it", hook="persist"
            )

    @property
    def store(self) -> object | None:
        """The plugin that persists, if there is one."""
        return next((self.plugins[name] for name in self.persist), None)

    def _register(self, name: str, plugin: object) -> None:
        if name in self.plugins:
            raise PluginError(name, "is registered twice: give one of the two another `name`")
        self.implements[name] = check_plugin(name, plugin)
        try:
            self._pluggy.register(plugin, name)
        except pluggy.PluginValidationError as error:
            raise PluginError(name, str(error)) from error
        except ValueError:
            raise PluginError(name, "is the same object as another plugin: make two") from None
        self.plugins[name] = plugin

    def _bound(self, hook: str) -> dict[str, Any]:
        bound = {}
        for name in self.plugins:
            if hook in self.implements[name]:
                bound[name] = _call(getattr(self.plugins[name], hook), hook)
        return bound

    def _transports(self) -> tuple[Transport, ...]:
        subscribe = self._bound("subscribe")
        return tuple(
            Transport(name, plugin, abilities_of(plugin), push, subscribe.get(name))
            for name, push in self._bound("push").items()
            for plugin in (self.plugins[name],)
        )


def abilities_of(plugin: object) -> Abilities:
    """Return what a plugin declares of itself."""
    declared = getattr(plugin, "abilities", None)
    return declared if isinstance(declared, Abilities) else Abilities()


def _call(method: Callable[..., Any], hook: str) -> Callable[..., Any]:
    wanted = frozenset(inspect.signature(method).parameters)
    if wanted == frozenset(inspect.signature(getattr(HookSpecs, hook)).parameters) - {"self"}:
        return method
    return lambda **given: method(**{name: given[name] for name in wanted})
