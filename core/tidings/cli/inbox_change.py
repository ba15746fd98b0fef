"""`tidings inbox open` and `archive`: changing the state of notifications."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import click

from tidings import Inbox, Stored
from tidings.cli.entry_view import counts_text
from tidings.cli.invocation import Invocation
from tidings.cli.opening import opened
from tidings.cli.values import USER


class _Change(NamedTuple):
    """A change of state: its word once it is done, and what does it to some and to all."""

    done: str
    some: Callable[..., Awaitable[Stored]]
    all: Callable[..., Awaitable[Stored]]


class _Which(NamedTuple):
    """Which entries are meant: these ids, or, without any, all (of a category)."""

    ids: tuple[str, ...]
    category: str | None


_OPEN = _Change("opened", Inbox.open, Inbox.open_all)
_ARCHIVE = _Change("archived", Inbox.archive, Inbox.archive_all)


def _command(name: str, change: _Change, summary: str) -> click.Command:
    def run(
        called: Invocation, /, user: str, ids: tuple[str, ...], everything: bool, category: str
    ) -> int:
        if bool(ids) == everything:
            raise click.UsageError("Say which: the ids of notifications, or --all.")
        if category and not everything:
            raise click.UsageError("--category narrows --all: give both.")
        return asyncio.run(_run(called, change, user, _Which(ids, category)))

    return click.Command(
        name,
        callback=click.pass_obj(run),
        params=[
            click.Argument(["user"], type=USER),
            click.Argument(["ids"], nargs=-1, metavar="[ID]..."),
            click.Option(["--all", "everything"], is_flag=True, help="All there are by now."),
            click.Option(["--category"], metavar="TEXT", help="With --all: only this category."),
        ],
        help=summary,
        epilog=f"""\b
Examples:
  tidings inbox {name} ann 0198c0de-0000-7000-8000-000000000000
  tidings inbox {name} ann --all --category ci
""",
    )


async def _run(called: Invocation, change: _Change, user: str, which: _Which) -> int:
    async with opened(called) as tidings:
        inbox = tidings.inbox(user)
        known = [id for id in which.ids if await inbox.get(id)]  # noqa: A001
        if known:
            await change.some(inbox, *known)
        elif not which.ids:
            await change.all(inbox, which.category)
        counts = await inbox.counts()
    if called.as_json:
        which_json = {"all": not which.ids, "ids": known, "category": which.category}
        called.emit({"user": user, "change": change.done, **which_json, **counts._asdict()})
    else:
        told = f"{len(known):,}" if which.ids else "all"
        called.show(f"{change.done.capitalize()} {told}. {user}: {counts_text(counts)}")
    missing = [id for id in which.ids if id not in known]  # noqa: A001
    for id in missing:  # noqa: A001
        called.complain("NotInInbox", f"{user}'s inbox has no notification {id}", id=id)
    return 1 if missing else 0


open_entries = _command(
    "open", _OPEN, "Mark notifications of USER as opened; they count as pending no more."
)
archive_entries = _command(
    "archive", _ARCHIVE, "Put notifications of USER away; they count as pending no more."
)
