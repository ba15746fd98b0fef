"""`tidings inbox list`."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import click

from tidings import Inbox, Page
from tidings.cli.entry_view import counts_text, entries_table, page_json
from tidings.cli.invocation import Invocation
from tidings.cli.opening import opened
from tidings.cli.values import USER
from tidings.page import State

_PAGE = 100
_STATES = get_args(State)


@click.command(
    "list",
    epilog="""\b
Examples:
  tidings inbox list ann
  tidings inbox list ann --state unseen --category ci --limit 5
  tidings inbox list ann --all --json
""",
)
@click.argument("user", type=USER)
@click.option(
    "--state",
    type=click.Choice(_STATES),
    metavar="STATE",
    help=f"Only notifications in this state: {', '.join(_STATES)}.",
)
@click.option("--category", metavar="TEXT", help="Only notifications of this category.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=20,
    metavar="N",
    help="At most so many; by default 20.",
)
@click.option("--all", "everything", is_flag=True, help="All of them, page by page.")
@click.pass_obj
def list_entries(
    called: Invocation, /, user: str, limit: int, *, everything: bool, **wanted: Any
) -> int:
    """List USER's notifications, newest first."""
    return asyncio.run(_list(called, user, None if everything else limit, wanted))


async def _list(called: Invocation, user: str, limit: int | None, wanted: dict[str, Any]) -> int:
    """Show pages: the first, or, without a limit, all."""
    async with opened(called) as tidings:
        inbox = tidings.inbox(user)
        page = await inbox.page(limit or _PAGE, **wanted)
        _show(called, inbox, page, first=True)
        while limit is None and page.cursor:
            page = await inbox.page(_PAGE, before=page.cursor, **wanted)
            _show(called, inbox, page, first=False)
    if limit is not None and page.more and not called.as_json:
        called.show("There are more: --limit 1000, or --all.")
    return 0


def _show(called: Invocation, inbox: Inbox, page: Page, *, first: bool) -> None:
    if called.as_json:
        called.emit({"user": inbox.user, **page_json(page)})
        return
    if first:
        called.show(f"{inbox.user}: {counts_text(page.counts)}")
    if page.entries:
        called.show(entries_table(page.entries, header=first))
    elif first:
        called.show("Nothing here.")
