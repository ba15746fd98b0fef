"""Entries of an inbox, as people and as programs like to see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from tidings import Counts, Entry, Page

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_STYLES = {"unseen": "bold green", "pending": "green", "opened": "dim", "archived": "dim"}
_AGES = ((86_400, "d"), (3600, "h"), (60, "min"))
_DATED = 30 * 86_400
_SKEW = 60
_CONTENT = 160


def state(entry: Entry) -> str:
    """Return an entry's state in the one word that says most."""
    if entry.archived:
        return "archived"
    if entry.opened:
        return "opened"
    return "pending" if entry.seen else "unseen"


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return an entry for programs."""
    return {
        "id": entry.id,
        "offset": entry.offset,
        "pending": entry.pending,
        "opened": entry.opened,
        "seen": entry.seen,
        "archived": entry.archived,
        "notification": from_json(entry.data),
    }


def counts_text(counts: Counts) -> str:
    """Return both counts in words."""
    return f"{counts.pending:,} pending, {counts.unseen:,} unseen"


def entries_table(entries: Sequence[Entry], *, header: bool = True) -> Table:
    """Return a table of entries: state, notification, age."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_header=header, expand=True, pad_edge=False)
    table.add_column("State", width=8)
    table.add_column("Notification", ratio=1)
    table.add_column("When", justify="right", width=10, style="dim")
    now = datetime.now(UTC)
    for entry in entries:
        word = state(entry)
        table.add_row(Text(word, _STYLES[word]), _body(entry), ago(entry, now))
    return table


def ago(entry: Entry, now: datetime) -> str:
    """Return how long ago an entry's notification was made, or when, if that is long ago."""
    made = entry.notification.created_at
    seconds = (now - made).total_seconds()
    if not -_SKEW <= seconds < _DATED:
        return made.astimezone().strftime("%Y-%m-%d")
    for size, unit in _AGES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def _body(entry: Entry) -> Text:
    """Return a notification in a few lines: heading, content, buttons, and how to name it."""
    from rich.text import Text

    told = entry.notification
    text = Text(told.heading, "bold" if entry.pending else "")
    if told.content:
        text.append("\n" + shorten(told.content, _CONTENT, placeholder=" ..."), "not bold")
    if told.buttons:
        buttons = "  ".join(f"[{button.text}]" for button in told.buttons)
        text.append("\n" + buttons, "not bold cyan")
    path = told.payload.path if told.payload else None
    names = [entry.id, told.category, path]
    return text.append("\n" + "  ".join(name for name in names if name), "dim not bold")


def page_json(page: Page) -> dict[str, Any]:
    """Return a page for programs."""
    return {
        **page.counts._asdict(),
        "entries": [entry_json(entry) for entry in page.entries],
        "more": page.more,
    }
