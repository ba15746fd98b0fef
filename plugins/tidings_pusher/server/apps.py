"""The apps of one server, found by id or key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidings import SettingsError
from tidings_pusher.app import App, made


def apps(given: Sequence[App | Mapping[str, Any]]) -> tuple[App, ...]:
    """Return these apps.

    Args:
        given: each an app, or its settings.

    Raises:
        SettingsError: there is none, a setting is wrong, or two have an id, a key or a namespace
            in common.
    """
    if not given:
        raise SettingsError("pusher: no app to serve: give app_id, key and secret, or several apps")
    served = tuple(app if isinstance(app, App) else made(**app) for app in given)
    for name in ("id", "key", "namespace"):
        values = [getattr(app, name) for app in served]
        if twice := next((value for value in values if values.count(value) > 1), None):
            raise SettingsError(f"pusher: two apps have the {name} {twice!r}")
    if sum(not app.namespace for app in served) > 1:
        raise SettingsError(
            "pusher: two apps have no namespace, so each would hear the other's channels: "
            'give all but one of them a namespace, as namespace = "shop"'
        )
    return served
