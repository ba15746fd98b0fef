"""All plugins there are to know of: those configured, those added, those merely installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidings.cli.default_store import default_store
from tidings.cli.facts import Facts, facts
from tidings.discovery import build_all, installed, load
from tidings.errors import TidingsError
from tidings.plugin_set import complete

Use = Literal["configured", "added", "used by the command", "disabled", "not used"]


@dataclass(frozen=True)
class Listing:
    """A plugin: where it comes from, whether it is used, and what it is, or why that is not known.

    `plugin` is the object itself where it is configured and could be made.
    """

    name: str
    use: Use
    source: str
    facts: Facts | None = None
    problem: str | None = None
    plugin: object | None = None


def catalog(tables: Mapping[str, Mapping[str, Any]]) -> Sequence[Listing]:
    """List the configured plugins in their order, then the installed ones by name."""
    configured = list(configured_plugins(tables))
    return [*configured, *_installed(set(tables), _unasked(tables, configured))]


def configured_plugins(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Listing]:
    """Make each plugin that has a table; one that cannot be made does not hide the others."""
    for name, table in tables.items():
        source = _source(name, table)
        try:
            plugin = build_all({name: table}).get(name)
        except TidingsError as error:
            yield Listing(name, "configured", source, problem=str(error))
            continue
        if plugin is None:
            yield Listing(name, "disabled", source)
        else:
            yield Listing(name, "configured", source, facts(plugin), plugin=plugin)


def made(listings: Sequence[Listing]) -> list[object]:
    """Return the plugins that could be made."""
    return [listing.plugin for listing in listings if listing.plugin is not None]


def _unasked(
    tables: Mapping[str, Mapping[str, Any]], configured: Sequence[Listing]
) -> Mapping[type, Use]:
    """Return the classes of what is used without a table, where the rest can be used at all."""
    if any(listing.problem for listing in configured):
        return {}
    given = made(configured)
    own: dict[type, Use] = {type(default_store(tables, given).store): "used by the command"}
    return own | {type(plugin): "added" for plugin in complete(given)[len(given) :]}


def _installed(tables: set[str], unasked: Mapping[type, Use]) -> Iterator[Listing]:
    for name in installed():
        if name in tables:
            continue
        try:
            kind = load(name)
        except TidingsError as error:
            yield Listing(name, "not used", _source(name, {}), problem=str(error))
        else:
            yield Listing(name, unasked.get(kind, "not used"), _source(name, {}), facts(kind))


def _source(name: str, table: Mapping[str, Any]) -> str:
    if "class" in table:
        return str(table["class"])
    entry = installed().get(name)
    if entry is None:
        return ""
    package = f"{entry.dist.name} {entry.dist.version}, " if entry.dist else ""
    return package + entry.value
