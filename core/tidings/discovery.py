"""Finding plugins by their names, and making them from the tables of the settings.

A package offers a plugin by an entry point of the group `tidings`, which names its class:

    [project.entry-points.tidings]
    loudspeaker = "my_package:Loudspeaker"

Only what the settings have a table for is imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tidings.errors import PluginError, SettingsError, TidingsError
from tidings.plugin_table import keywords
from tidings.redaction import failure
from tidings.spelling import canonical, did_you_mean

GROUP = "tidings"

_CLASS = re.compile(r"[\w.]+:[\w.]+")
_BOOL = TypeAdapter(bool)


def installed() -> Mapping[str, EntryPoint]:
    """Return all plugins that installed packages offer, by name. Nothing is imported."""
    return {name: entries[0] for name, entries in offers(GROUP).items()}


def offers(group: str) -> Mapping[str, Sequence[EntryPoint]]:
    """Return what installed packages offer in a group of entry points, by name."""
    return _offers(group, tuple(sys.path))


def load(name: str) -> type:
    """Import the class of an installed plugin.

    Raises:
        PluginError: nobody offers it, two packages do, or something it needs is not installed.
    """
    name = canonical(name)
    known = offers(GROUP)
    if name not in known:
        raise PluginError(
            name,
            f"no installed package offers it{did_you_mean(name, known)} (installed: "
            f"{', '.join(known) or 'none'}; for a class of your own, "
            'add class = "module:Class" to its table)',
        )
    return _class(name, known[name])


def imported(name: str, entries: Sequence[EntryPoint]) -> Any:
    """Import what is offered under a name.

    Raises:
        PluginError: two packages offer it, or something it needs is not installed.
    """
    if len(entries) > 1:
        packages = " and ".join(map(_package, entries))
        raise PluginError(name, f"{packages} both offer it: uninstall one")
    (entry,) = entries
    try:
        return entry.load()
    except ImportError as error:
        raise PluginError(name, f"{_one_line(error)}: {_cure(name, entry)}") from error
    except Exception as error:
        problem = f"{type(error).__name__}: {_one_line(error)}"
        raise PluginError(name, f"{entry.value} cannot be imported: {problem}") from error


def build(name: str, table: Mapping[str, Any]) -> object:
    """Make a plugin from its table: the class called with the table's values as keywords.

    `class = "module:Class"` in the table is used in place of an entry point: for a plugin that
    is no package, or one more of the same kind. The plugin's `name` is its key in the settings.

    Raises:
        PluginError: the class cannot be had, or does not let itself be called.
        SettingsError: a key is unknown or missing, or a value is wrong.
    """
    name = canonical(name)
    given = {key: value for key, value in table.items() if key not in ("class", "enabled")}
    made_by = _class(name, [_own(name, table["class"])]) if "class" in table else load(name)
    values = keywords(name, made_by, given)
    try:
        plugin: object = made_by(**values)
    except TidingsError:
        raise
    except Exception as error:  # its words may quote a value
        raise PluginError(name, f"{made_by.__qualname__}(...) raised {failure(error)}") from None
    if "name" not in given:
        with suppress(AttributeError, TypeError, ValueError):  # frozen or slotted: keeps its own
            plugin.name = name  # type: ignore[attr-defined]
    return plugin


def build_all(tables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, object]:
    """Make every plugin that has a table, in order, but those with `enabled = false`.

    Raises:
        PluginError, SettingsError: as `build` does.
    """
    return {name: build(name, table) for name, table in tables.items() if _enabled(name, table)}


@lru_cache(maxsize=2)  # reading the metadata of all packages takes ten milliseconds
def _offers(
    group: str,
    path: tuple[str, ...],  # noqa: ARG001 (what is found there is what is cached)
) -> Mapping[str, Sequence[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        found.setdefault(canonical(entry.name), []).append(entry)
    return found


def _enabled(name: str, table: Mapping[str, Any]) -> bool:
    try:
        return _BOOL.validate_python(table.get("enabled", True))
    except ValidationError:
        raise SettingsError(f"[plugins.{name}] enabled: must be true or false") from None


def _own(name: str, spec: Any) -> EntryPoint:
    if not isinstance(spec, str) or not _CLASS.fullmatch(spec):
        raise SettingsError(f'[plugins.{name}] class: write it as "module:Class"')
    return EntryPoint(name, spec, GROUP)


def _class(name: str, entries: Sequence[EntryPoint]) -> type:
    found = imported(name, entries)
    if not isinstance(found, type):
        raise PluginError(name, f"{entries[0].value} is no class")
    return found


def _cure(name: str, entry: EntryPoint) -> str:
    if entry.dist is None:
        return f"is the folder of module {entry.module!r} on PYTHONPATH?"
    if entry.dist.name != "tidings":
        return f"install what {entry.dist.name} needs, by pip install {entry.dist.name}"
    extras = entry.dist.metadata.get_all("Provides-Extra") or []
    extra = name if name in extras else name.partition("-")[0]
    return f"pip install 'tidings[{extra}]'"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
