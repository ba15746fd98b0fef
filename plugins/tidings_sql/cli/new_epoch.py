"""`tidings db new-epoch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tidings.cli.invocation import Invocation
from tidings_sql.cli.place import write

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tidings_sql.renewing import Renewed


@click.command(
    "new-epoch",
    epilog="""\b
Example:
  pg_restore --clean --dbname app backup.dump && tidings db new-epoch
""",
)
@click.pass_obj
def new_epoch(called: Invocation, /) -> None:
    """Begin a new epoch in every channel: a step of every restore from a backup.

    Devices may have read what came after the backup. By the new epoch they learn that this is not
    the log they were reading, and read their inboxes anew. Nothing is lost by it.
    """
    renewed = write(called, _renew)
    if called.as_json:
        called.emit(renewed._asdict())
    else:
        count = "1 channel" if renewed.channels == 1 else f"{renewed.channels:,} channels"
        called.show(f"Epoch {renewed.epoch} has begun, in {count}.")


def _renew(connection: Connection) -> Renewed:
    from tidings_sql import renewing, schema

    schema.check(connection)
    return renewing.renew(connection)
