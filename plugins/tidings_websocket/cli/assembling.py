"""From the settings to what is served; where they say nothing, something to begin with."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from tidings import AdminTokens, SettingsError, Tidings, Tokens
from tidings.cli.default_store import default_store
from tidings.cli.facts import facts
from tidings.discovery import build, build_all, installed, load
from tidings.errors import PluginError
from tidings.registry import abilities_of
from tidings.settings import Settings
from tidings_websocket.front import WebSocketFront

NAME = "websocket"

HTTP = "http"
"""The plugin that answers HTTP on the front's port, where what it needs is installed."""

_MEMORY_ALONE = (
    "--workers {workers}: several processes need a broker between them and a store that they "
    "share, and here is only the memory of each. Give the settings both, such as [plugins.sql], "
    "or leave out --workers."
)


class Assembled(NamedTuple):
    """A `Tidings` object that is not open yet, and its front.

    new_file: the file that opening it will make, where the settings have no store.
    """

    tidings: Tidings
    front: WebSocketFront
    new_file: Path | None


def new_key() -> SecretStr:
    """Return a key to sign tokens with, for as long as it is remembered."""
    return SecretStr(secrets.token_urlsafe(32))


def assembled(settings: Settings, made_key: SecretStr | None) -> Assembled:
    """Make what the settings say; add fronts, a store in a file and a policy if they have none.

    Args:
        settings: of the deployment.
        made_key: signs tokens where the settings have no key.

    Raises:
        SettingsError, PluginError: something of it cannot be had.
    """
    plugins = list(build_all(settings.plugins).values())
    default = default_store(settings.plugins, plugins)
    if default.problem is not None:
        raise PluginError("sql", f"is needed where the settings have no store; {default.problem}")
    front = _front(plugins, settings)
    added: list[object] = [front] if front not in plugins else []
    added += _http(plugins, settings)
    if default.store is not None:
        added.append(default.store)
    if not any("policy" in facts(plugin).roles for plugin in plugins):
        added.append(AdminTokens())
    tokens = settings.tokens() or (Tokens(made_key) if made_key is not None else None)
    tidings = Tidings(*plugins, *added, options=settings.options(), tokens=tokens)
    return Assembled(tidings, front, default.new_file())


def check_workers(tidings: Tidings, workers: int) -> None:
    """Refuse several processes that would know nothing of each other.

    Raises:
        SettingsError: they would.
    """
    if workers > 1 and not takes_pushes(tidings):
        raise SettingsError(_MEMORY_ALONE.format(workers=workers))


def takes_pushes(tidings: Tidings) -> bool:
    """Tell whether another process can push, with the same settings."""
    return _is_heard_elsewhere(tidings) and _is_shared(tidings.hooks.store)


def _front(plugins: Sequence[object], settings: Settings) -> WebSocketFront:
    fronts = [plugin for plugin in plugins if isinstance(plugin, WebSocketFront)]
    if len(fronts) > 1:
        raise SettingsError("the settings have several fronts: leave all but one out to serve it")
    if not fronts and NAME in settings.plugins:
        raise SettingsError("[plugins.websocket] is not enabled, so there is nothing to serve")
    return fronts[0] if fronts else WebSocketFront()


def _http(plugins: Sequence[object], settings: Settings) -> Sequence[object]:
    """Make what answers HTTP, unless the settings have it, or say that there shall be none."""
    if HTTP in settings.plugins or HTTP not in installed() or find_spec("fastapi") is None:
        return []
    made_by = load(HTTP)
    return [] if any(isinstance(plugin, made_by) for plugin in plugins) else [build(HTTP, {})]


def _is_heard_elsewhere(tidings: Tidings) -> bool:
    memory = load("memory")
    return any(
        transport.abilities.role == "broker" and not isinstance(transport.plugin, memory)
        for transport in tidings.hooks.transports
    )


def _is_shared(store: object | None) -> bool:
    abilities = abilities_of(store)
    return store is None or abilities.durable or abilities.carries
