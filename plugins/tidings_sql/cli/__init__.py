"""`tidings db`: the database of a `SqlStore`."""

from __future__ import annotations

import click

from tidings.cli.lazy import LazyGroup

_COMMANDS = {
    "upgrade": ("tidings_sql.cli.upgrade:upgrade", "Bring the tables up to date, or make them."),
    "current": ("tidings_sql.cli.current:current", "Say whether the tables are up to date."),
    "stats": ("tidings_sql.cli.stats:stats", "Show sizes, oldest entries and largest inboxes."),
    "new-epoch": (
        "tidings_sql.cli.new_epoch:new_epoch",
        "After a restore from a backup: let devices read anew.",
    ),
}


@click.group(
    cls=LazyGroup,
    commands=_COMMANDS,
    epilog="""\b
Examples:
  tidings db upgrade
  tidings db current --json
  tidings db stats
  tidings db new-epoch

The database is that of the settings: the `url` of the table [plugins.sql], or
TIDINGS_PLUGINS__SQL__URL. Without a store in the settings, it is the file
./tidings.db, in which `tidings push` keeps things then.
""",
)
def db() -> None:
    """Look after the SQL store's database: migrations, sizes, restores."""
