"""From the settings to what a `Tidings` object is made of."""

from __future__ import annotations

from typing import Any

from tidings.discovery import build_all
from tidings.settings import Settings


def configured(settings: Settings) -> tuple[list[object], dict[str, Any]]:
    """Return the plugins, in the order of their tables, and the keywords of `Tidings`.

    Raises:
        SettingsError: a setting is wrong. PluginError: a plugin cannot be had.
    """
    plugins = build_all(settings.plugins)
    return list(plugins.values()), {"options": settings.options(), "tokens": settings.tokens()}
