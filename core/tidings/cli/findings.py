"""What there is to find out about a configuration without running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tidings.cli.catalog import configured_plugins, made
from tidings.cli.default_store import FILE, NAME, URL, Default, default_store
from tidings.errors import SettingsError, TidingsError
from tidings.layers import Layer, layers
from tidings.plugin_set import complete
from tidings.protocols import InboxRows, Presence, Revocations, Schedule
from tidings.registry import Hooks, abilities_of
from tidings.settings import Settings


@dataclass(frozen=True)
class Findings:
    """What would run, and what is wrong with it.

    origins: which settings come from where. plugins: what would run, by name; added: those of
    them that have no table. problems: what keeps it from running, with the cure. notes: what
    works otherwise than one may expect.
    """

    origins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    plugins: Mapping[str, object] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    problems: Sequence[str] = ()
    notes: Sequence[str] = ()


def find(config: str | None) -> Findings:
    """Read the settings and make the plugins; connect to nothing."""
    try:
        settings = Settings.load(config)
        origins = {layer.origin: _keys(layer) for layer in layers(Settings, config, {})}
    except SettingsError as error:
        return Findings(problems=str(error).splitlines())
    listings = list(configured_plugins(settings.plugins))
    given = made(listings)
    problems = [listing.problem for listing in listings if listing.problem]
    hooks: Hooks | None = None
    try:
        settings.tokens()
        hooks = None if problems else Hooks(complete(given))
    except TidingsError as error:
        problems.append(str(error))
    plugins = hooks.plugins if hooks else {row.name: row.plugin for row in listings if row.plugin}
    return Findings(
        {origin: keys for origin, keys in origins.items() if keys},
        plugins,
        frozenset(plugins) - {listing.name for listing in listings},
        problems,
        list(_notes(hooks, settings, default_store(settings.plugins, given))) if hooks else (),
    )


def _keys(layer: Layer) -> list[str]:
    tables = layer.values.get("plugins", {})
    keys = [key for key in layer.values if key != "plugins"]
    return keys + [f"plugins.{name}" for name in tables]


def _notes(hooks: Hooks, settings: Settings, default: Default) -> Iterator[str]:
    yield from _store_notes(hooks.store)
    if default.store is not None:
        yield (
            f"no store is configured: `tidings push` and `tidings inbox` use the file {FILE}; a "
            f'program does so too with a table [plugins.{NAME}] that has url = "{URL}"'
        )
    if default.problem is not None:
        yield f"`tidings push` would keep things in {FILE}, but for this: {default.problem}"
    if not any(
        transport.abilities.presence and isinstance(transport.plugin, Presence)
        for transport in hooks.transports
    ):
        yield "no broker knows who is present: presence channels do not work"
    if settings.token_key is None and settings.token_public_key is None:
        yield "no `token_key`: remote clients cannot prove who they are (see `tidings token`)"


def _store_notes(store: object | None) -> Iterator[str]:
    if store is None:
        yield "no store: there are no inboxes, and what is pushed reaches only who listens"
        return
    if not abilities_of(store).durable:
        yield (
            "nothing is durable: what a program pushes is gone when it ends; a durable store "
            "with a table [plugins.NAME] keeps it (see `tidings plugins`)"
        )
    if not isinstance(store, InboxRows):
        yield "the store keeps no inbox rows: inboxes are read from the log, and end with it"
    if not isinstance(store, Schedule):
        yield "the store has no schedule: send_after and expires_at are refused"
    if not isinstance(store, Revocations):
        yield "the store keeps no revocations: disconnect(revoke=True) is refused"
