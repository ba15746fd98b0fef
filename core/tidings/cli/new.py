"""`tidings new`: what there is to begin with."""

from __future__ import annotations

import click

from tidings.cli.lazy import LazyGroup

_COMMANDS = {
    "plugin": ("tidings.cli.new_plugin:plugin", "Write a project for a plugin of your own."),
}


@click.group(
    cls=LazyGroup,
    commands=_COMMANDS,
    epilog="""\b
Examples:
  tidings new plugin mqtt
""",
)
def new() -> None:
    """Write the files of a new project."""
