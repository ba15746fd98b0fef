"""What a plugin is called: in settings, on PyPI, in imports, as a class."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import NamedTuple

from tidings.discovery import installed

_LONGEST = 30  # so that no line of the project becomes too long
_PLUGIN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class Names(NamedTuple):
    """The names of one plugin.

    plugin: its table in the settings. package: what is installed. module: what is imported.
    prefix: what its class's name begins with.
    """

    plugin: str
    package: str
    module: str
    prefix: str


def names(wanted: str) -> Names:
    """Return what a plugin will be called everywhere.

    Args:
        wanted: `mqtt`, or `tidings-mqtt`; capitals, dots and underscores become small letters and
            dashes, as in the names of packages (PEP 503).

    Raises:
        ValueError: it cannot be called that, or something installed is.
    """
    plugin = re.sub(r"[-_.]+", "-", wanted).lower().removeprefix("tidings-")
    if not _PLUGIN.fullmatch(plugin) or len(plugin) > _LONGEST:
        raise ValueError(
            f"{wanted!r} is no name for a plugin: write a letter, then letters and digits, with "
            f"single dashes between, {_LONGEST} characters at most"
        )
    module = f"tidings_{plugin.replace('-', '_')}"
    if (entry := installed().get(plugin)) is not None:
        raise ValueError(f"a plugin {plugin!r} is installed, {entry.value}: choose another name")
    if find_spec(module) is not None:
        raise ValueError(f"a module {module!r} is installed: choose another name")
    return Names(plugin, f"tidings-{plugin}", module, plugin.title().replace("-", ""))
