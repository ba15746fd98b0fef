"""The tables' making, and what is true of the database as a whole."""

from __future__ import annotations

from secrets import token_urlsafe

from sqlalchemy import Connection, func, insert, inspect, select

from tidings.errors import StoreError
from tidings_sql.tables import meta, metadata

_LOCK = 0x71D1465

VERSION = 1
"""Of the tables as this program knows them."""


def upgrade(connection: Connection) -> None:
    """Make the tables, or bring those of an older version up to date.

    Raises:
        StoreError: a newer program made them.
    """
    if connection.dialect.name == "postgresql":  # of two processes that start, one makes them
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if not inspect(connection).has_table(meta.name):
        metadata.create_all(connection)
        begin = [
            {"name": "version", "value": str(VERSION)},
            {"name": "epoch", "value": new_epoch()},
        ]
        connection.execute(insert(meta), begin)
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "version"))
    if int(found or 0) > VERSION:
        raise StoreError(
            f"the database was made by a newer Tidings (its tables are version {found}, this "
            f"program knows {VERSION}): upgrade the program"
        )


def new_epoch() -> str:
    """Return a name that no log has had."""
    return token_urlsafe(6)
