"""`tidings inbox watch`: an inbox as it changes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tidings import Added, Changed, Reloaded, Tidings
from tidings.cli.entry_view import counts_text, entries_table, entry_json, page_json
from tidings.cli.invocation import Invocation
from tidings.cli.opening import opened
from tidings.cli.values import USER
from tidings.updates import Update

if TYPE_CHECKING:
    from rich.table import Table

_REASONS = {
    "trimmed": "what followed is no longer in the log",
    "new epoch": "the log began anew",
    "behind": "the log ends before what was read",
}


shown = click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=5,
    metavar="N",
    help="Follow the newest so many; by default 5.",
)
"""How many entries are shown and followed, an option of each command that follows an inbox."""


@click.command(
    epilog="""\b
Examples:
  tidings inbox watch ann
  tidings inbox watch ann --json
"""
)
@click.argument("user", type=USER)
@shown
@click.pass_obj
def watch(called: Invocation, /, user: str, limit: int) -> int:
    """Show the newest of USER's notifications, then what changes. Ctrl-C ends it."""
    return asyncio.run(_watch(called, user, limit))


async def _watch(called: Invocation, user: str, limit: int) -> int:
    async with opened(called) as tidings:
        await follow(called, tidings, user, limit)
    return 0


async def follow(called: Invocation, tidings: Tidings, user: str, limit: int) -> None:
    """Show an inbox and every update to it, for as long as it can be followed."""
    inbox = tidings.inbox(user)
    async with inbox.changes(limit) as updates:  # before the page: nothing falls between the two
        page = await inbox.page(limit)
        if called.as_json:
            called.emit({"update": "page", "user": user, **page_json(page)})
        else:
            called.show(f"{user}: {counts_text(page.counts)}")
            if page.entries:
                called.show(entries_table(page.entries))
        async for update in updates:
            if called.as_json:
                called.emit(update_json(update))
            else:
                called.show(_row(update))


def update_json(update: Update) -> dict[str, Any]:
    """Return an update for programs."""
    match update:
        case Added(entry, counts):
            return {"update": "added", **counts._asdict(), "entry": entry_json(entry)}
        case Changed(name, entries, removed, counts):
            return {
                "update": "changed",
                "name": name,
                **counts._asdict(),
                "entries": [entry_json(entry) for entry in entries],
                "removed": list(removed),
            }
        case Reloaded(page, reason):
            return {"update": "reloaded", "reason": reason, **page_json(page)}


def _row(update: Update) -> Table:
    """Return a line that says what happened, to what, and what the counts are now."""
    from rich.table import Table
    from rich.text import Text

    word, told = _told(update)
    text = Text(told)
    if isinstance(update, Added):
        text.append(f"\n{update.entry.id}", "dim")
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(width=8, style="dim")
    table.add_column(width=10, style="green" if isinstance(update, Added) else "cyan")
    table.add_column(ratio=1)
    table.add_column(justify="right", style="dim", no_wrap=True)
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    table.add_row(now, word, text, counts_text(update.counts))
    return table


def _told(update: Update) -> tuple[str, str]:
    match update:
        case Added(entry):
            return "new", entry.notification.heading
        case Changed(name, [entry]):
            return name.removeprefix("tidings:"), entry.notification.heading
        case Changed(name, entries, removed):
            count = len(entries) or len(removed)
            told = f"{count:,} notifications" if count > 1 else ", ".join(removed)
            return name.removeprefix("tidings:"), told or "older notifications"
        case Reloaded(page, reason):
            return "reloaded", f"{_REASONS[reason]}: {len(page.entries):,} read anew"
