"""`tidings db stats`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from tidings.cli.invocation import Invocation, printable
from tidings_sql.cli.place import read

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from sqlalchemy import Connection

    from tidings_sql.measuring import Held, Large, Stats

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_STEP = 1000


@click.command(
    epilog="""\b
Examples:
  tidings db stats
  tidings db stats --top 50 --json
"""
)
@click.option(
    "--top",
    type=click.IntRange(0, 1000),
    default=10,
    metavar="N",
    help="How many of the largest inboxes; by default 10.",
)
@click.pass_obj
def stats(called: Invocation, /, top: int) -> None:
    """Show what the database holds: sizes, oldest entries, largest inboxes.

    It reads whole tables: with millions of rows that takes a while, but nobody waits for it.
    """
    found = read(called, partial(_measure, top=top))
    if called.as_json:
        called.emit(_as_json(found))
    else:
        called.show(*_as_text(found))


def _measure(connection: Connection, top: int) -> Stats:
    from tidings_sql import measuring, schema

    schema.check(connection)
    return measuring.measure(connection, top)


def _as_json(found: Stats) -> dict[str, Any]:
    return {
        "bytes": found.bytes,
        "held": [
            {
                **held._asdict(),
                "oldest": held.oldest.isoformat() if held.oldest else None,
                "due": held.due.isoformat() if held.due else None,
            }
            for held in found.held
        ],
        "inboxes": [inbox._asdict() for inbox in found.inboxes],
    }


def _as_text(found: Stats) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(f"The database takes {_amount(found.bytes)}.", "bold")
    yield _held(found.held)
    if found.inboxes:
        yield Text("Largest inboxes", "bold")
        yield _inboxes(found.inboxes)


def _held(held: Sequence[Held]) -> Table:
    sized = any(kind.bytes is not None for kind in held)
    table = _table("What", "Rows", *["Size"] * sized, "Oldest")
    for what, rows, size, oldest, due in held:
        when = f"due {_when(due)}" if due else _when(oldest)
        table.add_row(printable(what), f"{rows:,}", *[_amount(size)] * sized, when)
    return table


def _inboxes(inboxes: Sequence[Large]) -> Table:
    table = _table("User", "Notifications", "Pending", "Unseen")
    for user, *numbers in inboxes:
        table.add_row(printable(user), *(f"{number:,}" for number in numbers))
    return table


def _table(first: str, *others: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _amount(size: int | None) -> str:
    """Return a number of bytes as people say it."""
    if size is None:
        return ""
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{size:,} {_UNITS[0]}"


def _when(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")
