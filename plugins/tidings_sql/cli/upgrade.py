"""`tidings db upgrade`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tidings.cli.invocation import Invocation
from tidings_sql.cli.place import write

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.command(
    epilog="""\b
Examples:
  tidings db upgrade
  TIDINGS_PLUGINS__SQL__URL=postgresql://owner@db/app tidings db upgrade
"""
)
@click.pass_obj
def upgrade(called: Invocation, /) -> None:
    """Bring the database's tables up to date, or make them; all of it or nothing.

    On PostgreSQL, run it before the new version of the program: that refuses older tables. SQLite
    is upgraded when the program starts.
    """
    was, now = write(called, _upgrade, makes=True)
    if called.as_json:
        called.emit({"from": was, "to": now})
    elif was == now:
        called.show(f"Up to date: revision {now}.")
    else:
        called.show(f"Upgraded from {was or 'nothing'} to revision {now}.")


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    from tidings_sql import schema

    was = schema.revision(connection)
    schema.upgrade(connection)
    return was, schema.REVISION
