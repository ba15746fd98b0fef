"""`tidings inbox`: what a user has, and what becomes of it."""

from __future__ import annotations

import click

from tidings.cli.lazy import LazyGroup

_COMMANDS = {
    "list": ("tidings.cli.inbox_list:list_entries", "List a user's notifications, newest first."),
    "open": ("tidings.cli.inbox_change:open_entries", "Mark notifications as opened."),
    "archive": ("tidings.cli.inbox_change:archive_entries", "Put notifications away."),
    "watch": ("tidings.cli.inbox_watch:watch", "Follow an inbox as it changes; Ctrl-C ends."),
}


@click.group(
    cls=LazyGroup,
    commands=_COMMANDS,
    epilog="""\b
Examples:
  tidings inbox list ann --state pending
  tidings inbox open ann 0198c0de-0000-7000-8000-000000000000
  tidings inbox archive ann --all --category ci
  tidings inbox watch ann
""",
)
def inbox() -> None:
    """Read, change or watch a user's inbox."""
