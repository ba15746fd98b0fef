"""Where the command keeps things if the settings have no store: in a file where it is called.

A program's own `Tidings` is not so: without settings it keeps everything in its memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tidings.cli.facts import facts
from tidings.discovery import build
from tidings.errors import PluginError

NAME = "sql"
FILE = "tidings.db"
URL = f"sqlite:///{FILE}"


class Default(NamedTuple):
    """What takes the place of a store that the settings do not have.

    store: the one in a file; None where the settings have one, or a table of its name. problem:
    why it cannot be had, and the cure.
    """

    store: object | None = None
    problem: str | None = None

    def new_file(self) -> Path | None:
        """Return the file that opening the store will make, if it does."""
        file = Path(FILE).absolute()
        return None if self.store is None or file.exists() else file


def default_store(tables: Mapping[str, Mapping[str, Any]], plugins: Iterable[object]) -> Default:
    """Return what is added to the plugins that were made from these tables."""
    if NAME in tables or any("store" in facts(plugin).roles for plugin in plugins):
        return Default()
    try:
        return Default(build(NAME, {"url": URL}))
    except PluginError as error:
        return Default(problem=str(error))
