"""What the demo tells: a table and an inbox for people, a summary for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tidings.demo.expected import History
from tidings.demo.run import FOLLOWED, Result
from tidings.demo.words import one_line
from tidings.page import Entry, Page

_ENTRIES = 5  # shown of the fullest inbox
_LINES = 2  # shown of a notification's content
_DAY = 86_400
_AGES = (
    (365 * _DAY, "year"),
    (30 * _DAY, "month"),
    (7 * _DAY, "week"),
    (_DAY, "day"),
    (3600, "hour"),
    (60, "minute"),
)


def summary(history: History, results: Sequence[Result]) -> Mapping[str, Any]:
    """Return what was found, as JSON data."""
    return {
        "notifications": len(history.digests),
        "users": len(history.inboxes),
        "entries": history.entries,
        "commits": history.repository.commits,
        "recipients": "the authors themselves" if history.own else "earlier authors",
        "transports": {
            result.transport: {
                "equal": result.equal,
                "per_second": round(result.per_second, 1),
                "caught_up": result.caught_up,
                "devices": result.devices,
                "opened": result.opened,
                "reopened": result.reopened,
                "compared_with": result.compared_with,
                "differences": len(result.differences),
            }
            for result in results
        },
    }


def report(history: History, results: Sequence[Result], now: datetime) -> Iterator[RenderableType]:
    """Give what to print, part by part."""
    yield Text(" ".join(_introduction(history)))
    yield _table(history, results)
    yield Padding(Text(_explanation(history, results), "dim"), (0, 0, 1, 0))
    page = next((result.page for result in results if result.page), None)
    if page is not None:
        yield _inbox(history.users[0], page, now)


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was, as people say it."""
    seconds = (now - moment).total_seconds()
    for span, unit in _AGES:
        if seconds >= span:
            return f"{_several(int(seconds // span), unit)} ago"
    return "just now"


def _introduction(history: History) -> Iterator[str]:
    yield f"{_several(history.repository.commits, 'commit')},"
    yield f"{_several(len(history.digests), 'notification')}"
    yield f"to {_several(len(history.inboxes), 'user')}:"
    if not history.own:
        yield "each author hears of the next commit to every file that was last theirs."
    elif history.authors == 1:
        yield "the author themselves, as this history has one author only."
    else:
        yield "the authors themselves, as nobody in this history changed a file of another's."
    if history.nameless:
        yield f"{_several(history.nameless, 'commit')} without an author who can be a user."


def _table(history: History, results: Sequence[Result]) -> Table:
    table = Table(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("transport")
    for heading in ("notifications", "users", "devices", "per second", "caught up"):
        table.add_column(heading, justify="right")
    table.add_column("inboxes")
    for result in results:
        numbers = (
            *(result.notifications, len(history.inboxes), result.devices),
            *(round(result.per_second), result.caught_up),
        )
        verdict = Text("all equal", "green") if result.equal else Text("NOT EQUAL", "bold red")
        table.add_row(result.transport, *(f"{number:,}" for number in numbers), verdict)
    return table


def _explanation(history: History, results: Sequence[Result]) -> str:
    many = len(history.inboxes) > FOLLOWED
    live = f"The {FOLLOWED} fullest inboxes were" if many else "Each inbox was"
    late = "; the others came late, on one" if many else ""
    told = (
        f"{live} open on three devices, one of which was away for a while{late}. Caught up: "
        "the events that devices missed meanwhile, and had in the end."
    )
    return " ".join([told, *filter(None, map(_reopening, results))])


def _reopening(result: Result) -> str:
    if not result.reopened:
        return ""
    told = f"The application on {result.transport} was closed half way and opened anew"
    if result.compared_with is None:
        return f"{told}."
    return f"{told}; inboxes, states and counts were held against those on {result.compared_with}."


def _inbox(user: str, page: Page, now: datetime) -> Panel:
    shown = [_entry(entry, now) for entry in page.entries[:_ENTRIES]]
    return Panel(
        Group(*shown),
        box=ROUNDED,
        title=Text(f"Inbox of {one_line(user)}", "bold"),
        title_align="left",
        subtitle=Text(f"{page.counts.pending:,} pending (●)", "dim"),
        subtitle_align="right",
    )


def _entry(entry: Entry, now: datetime) -> RenderableType:
    said = entry.notification
    first = Table.grid(padding=(0, 1), expand=True)
    first.add_column()
    first.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    first.add_column(justify="right", no_wrap=True)
    first.add_row(
        Text("●", "bold cyan") if entry.pending else " ",
        Text(said.heading, "bold" if entry.pending else ""),
        Text(ago(said.created_at, now), "dim"),
    )
    lines = said.content.splitlines()[:_LINES]
    content = Text("\n".join(lines), "dim", no_wrap=True, overflow="ellipsis")
    return Group(first, Padding(content, (0, 0, 0, 2)))


def _several(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")
