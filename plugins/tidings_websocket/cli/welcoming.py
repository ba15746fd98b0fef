"""Pages for people: one for newcomers, and one for those who look after the server."""

from __future__ import annotations

from datetime import timedelta

from tidings import AdminTokens, Tidings, Tokens
from tidings.policy import ADMIN, ADMIN_CLAIM
from tidings_websocket.brought import Welcomes, servers
from tidings_websocket.cli.assembling import takes_pushes
from tidings_websocket.cli.greeting import PUSHING, USER

OPERATOR = "ops"
"""Whom the token for the console is of."""


def welcome(tidings: Tidings, config: str | None, *, has_guests: bool) -> None:
    """Have a plugin show its page for newcomers.

    Args:
        tidings: whose plugins there are.
        config: the settings file.
        has_guests: whoever comes from this machine may be the user of a first try: the key that
            says who is who was made for this run, and is worth nothing after it.
    """
    given = "" if config is None else f" --config {config}"
    pushing = PUSHING.replace("{config}", given) if takes_pushes(tidings) else None
    for plugin in tidings.hooks.plugins.values():
        if isinstance(plugin, Welcomes):
            plugin.welcome([USER] if has_guests else [], pushing)


def has_page(tidings: Tidings, path: str) -> bool:
    """Tell whether a plugin answers HTTP at a path."""
    return any(server.serves(path) for server in servers(tidings.hooks.plugins.values()))


def has_operators(tidings: Tidings) -> bool:
    """Tell whether operators' tokens mean anything here."""
    return any(isinstance(plugin, AdminTokens) for plugin in tidings.hooks.plugins.values())


def operators_token(tokens: Tokens, ttl: timedelta) -> str:
    """Return a token that may do everything."""
    return tokens.issue(OPERATOR, ttl=ttl, **{ADMIN_CLAIM: ADMIN})
