"""Which tables the database has, and bringing them up to date.

What each revision changes stands in `migrations`; Alembic is imported only where one is to be made.
"""

from __future__ import annotations

from secrets import token_urlsafe

from sqlalchemy import Column, Connection, MetaData, Table, Text, func, inspect, select

from tidings.errors import StoreError

REVISION = "0001"
"""The newest that this program knows; they are numbered, so a greater one is newer."""

REVISION_TABLE = "tidings_revision"

_LOCK = 0x71D1465
_found = Table(REVISION_TABLE, MetaData(), Column("version_num", Text))  # Alembic's own


def prepare(connection: Connection) -> None:
    """Make the tables of an empty database; on SQLite, bring older ones up to date as well.

    A file is one program's, but a server has many: there, whoever deploys says when.

    Raises:
        StoreError: they are older, on PostgreSQL, or newer than this program.
    """
    found = revision(connection)
    if found is None or (found < REVISION and connection.dialect.name == "sqlite"):
        upgrade(connection)
    else:
        _refuse_other(found)


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date, or make them.

    Raises:
        StoreError: they are newer than this program.
    """
    if connection.dialect.name == "postgresql":  # of two processes, one does it
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    found = revision(connection)
    if found is None or found < REVISION:
        from tidings_sql.migrating import migrate

        migrate(connection)
    else:
        _refuse_other(found)


def is_current(connection: Connection) -> bool:
    """Tell whether the tables are those that this program knows."""
    return revision(connection) == REVISION


def check(connection: Connection) -> None:
    """Make sure that the tables are those that this program knows.

    Raises:
        StoreError: they are older, newer, or not there.
    """
    found = revision(connection)
    if found is None:
        raise StoreError("the database has no tables of Tidings yet: run `tidings db upgrade`")
    _refuse_other(found)


def revision(connection: Connection) -> str | None:
    """Return of which revision the tables are, or None where there are none."""
    if not inspect(connection).has_table(REVISION_TABLE):
        return None
    found: str | None = connection.scalar(select(_found.c.version_num))
    return found


def new_epoch() -> str:
    """Return a name that no log has had."""
    return token_urlsafe(6)


def _refuse_other(found: str) -> None:
    if found < REVISION:
        raise StoreError(
            f"the database's tables are of revision {found}, and this program needs {REVISION}: "
            "run `tidings db upgrade`"
        )
    if found > REVISION:
        raise StoreError(
            f"the database was made by a newer Tidings (its tables are of revision {found}, this "
            f"program knows {REVISION}): upgrade the program"
        )
