"""`tidings check`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from tidings.cli.facts import facts
from tidings.cli.findings import Findings, find
from tidings.cli.invocation import Invocation, printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


@click.command(
    epilog="""\b
Examples:
  tidings check
  tidings --config staging.toml check --json
"""
)
@click.pass_obj
def check(called: Invocation, /) -> int:
    """Check the settings: what would run, what is wrong, and how to mend it.

    Nothing is connected to and no value is shown. The exit code is 1 if anything is wrong.
    """
    findings = find(called.config)
    if called.as_json:
        called.emit(_as_json(findings))
    else:
        called.show(*_as_text(findings))
    return 1 if findings.problems else 0


def _as_json(findings: Findings) -> dict[str, Any]:
    return {
        "ok": not findings.problems,
        "settings": [
            {"from": origin, "sets": list(keys)} for origin, keys in findings.origins.items()
        ],
        "plugins": [
            {"name": name, "added": name in findings.added, **facts(plugin).as_json()}
            for name, plugin in findings.plugins.items()
        ],
        "problems": list(findings.problems),
        "notes": list(findings.notes),
    }


def _as_text(findings: Findings) -> Iterator[RenderableType]:
    from rich.text import Text

    rows = [(origin, ", ".join(keys)) for origin, keys in findings.origins.items()]
    nothing = [("none", "no tidings.toml, no .env, no TIDINGS_... variables")]
    running = [
        (name, ", ".join(_is(plugin)) + "; added by itself" * (name in findings.added))
        for name, plugin in findings.plugins.items()
    ]
    wrong = bool(findings.problems)
    for title, style, lines in (
        ("Settings", "", rows if rows or wrong else nothing),
        ("Fine so far" if wrong else "Would run", "", running),
        ("To know", "yellow", [("-", line) for line in findings.notes]),
        ("Wrong", "red", [("-", line) for line in findings.problems]),
    ):
        if lines:
            yield Text(title, f"bold {style}")
            yield _rows(lines)
            yield ""
    if not wrong:
        yield Text("Nothing is wrong.", "bold green")


def _is(plugin: object) -> Iterator[str]:
    """Say what a plugin is, in a few words."""
    known = facts(plugin)
    for role in known.roles:
        durable = "durable" if known.abilities.get("durable") else "in memory only"
        yield f"{role} ({durable})" if role == "store" else role
    if known.abilities.get("presence"):
        yield "presence"


def _rows(rows: list[tuple[str, str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for name, told in rows:
        table.add_row("", name, Text(printable(told)))
    return table
