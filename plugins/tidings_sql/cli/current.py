"""`tidings db current`."""

from __future__ import annotations

import click

from tidings.cli.invocation import Invocation
from tidings_sql.cli.place import read

_TOLD = {
    "empty": "The database has no tables yet: the program makes them, or `tidings db upgrade`.",
    "older": "The tables are of revision {found}, the program needs {known}: `tidings db upgrade`.",
    "newer": "The tables are of revision {found}, the program knows {known}: upgrade the program.",
    "current": "Up to date: revision {found}.",
}


@click.command(
    epilog="""\b
Examples:
  tidings db current
  tidings db current --json
"""
)
@click.pass_obj
def current(called: Invocation, /) -> int:
    """Say of which revision the database's tables are. The exit code is 0 if up to date, else 1."""
    from tidings_sql.schema import REVISION, revision

    found = read(called, revision)
    state = "current"
    if found is None:
        state = "empty"
    elif found != REVISION:
        state = "older" if found < REVISION else "newer"
    if called.as_json:
        called.emit({"state": state, "database": found, "program": REVISION})
    else:
        called.show(_TOLD[state].format(found=found, known=REVISION))
    return 0 if state == "current" else 1
