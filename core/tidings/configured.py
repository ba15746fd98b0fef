"""From the settings to what a `Tidings` object is made of."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

from tidings.discovery import build_all
from tidings.settings import Settings


def configured(
    path: str | PathLike[str] | None, overrides: Mapping[str, Any]
) -> tuple[list[object], dict[str, Any]]:
    """Return the plugins, in the order of their tables, and the keywords of `Tidings`.

    Raises:
        SettingsError: a setting is unknown or wrong. PluginError: a plugin cannot be had.
    """
    settings = Settings.load(None if path is None else fspath(path), **overrides)
    plugins = build_all(settings.plugins)
    return list(plugins.values()), {"options": settings.options(), "tokens": settings.tokens()}
