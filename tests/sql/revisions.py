"""A database without a store: its tables, and of which revision it says they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from tidings_sql import schema
from tidings_sql.engines import engines, parsed


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    engine = engines(parsed(url), "FULL").writer
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def stamp(url: str, revision: str) -> None:
    """Let the database say that its tables are of this revision."""
    with writing(url) as connection:
        schema.upgrade(connection)
        connection.execute(text(f"UPDATE {schema.REVISION_TABLE} SET version_num = '{revision}'"))  # noqa: S608
