"""Commands that plugins bring, offered by entry points of the group `tidings.commands`.

    [project.entry-points."tidings.commands"]
    db = "my_package.cli:db"

Each is a click command or group. It is imported when it is called, and for a line of help; so
let its module import only what that needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from tidings.discovery import imported, offers
from tidings.errors import PluginError, TidingsError

GROUP = "tidings.commands"


def offered() -> Mapping[str, object]:
    """Return the names of the commands that installed packages offer. Nothing is imported."""
    return offers(GROUP)


def load_offered(name: str) -> click.Command:
    """Import a command that is offered.

    Raises:
        PluginError: two packages offer it, it is none, or what it needs is not installed.
    """
    found = imported(name, offers(GROUP)[name])
    if not isinstance(found, click.Command):
        raise PluginError(name, "this is no click command")
    return found


def lines_of_help() -> Iterator[tuple[str, str]]:
    """Go through the commands that are offered, each with a line of help or what is wrong."""
    for name in offered():
        try:
            yield name, load_offered(name).get_short_help_str(limit=80)
        except TidingsError as error:
            yield name, str(error)
