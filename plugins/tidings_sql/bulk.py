"""Many rows at once, as fast as each driver takes them: this is where a push spends its time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Table, and_, bindparam, delete, insert, update
from sqlalchemy.dialects.sqlite import dialect as sqlite

Rows = Sequence[Sequence[Any]]


class Bulk(Protocol):
    """Writes rows, given as sequences of values in the order in which columns are named."""

    def insert(self, connection: Connection, table: Table, names: str, rows: Rows) -> None:
        """Add rows."""

    def update(
        self, connection: Connection, table: Table, names: str, keys: str, rows: Rows
    ) -> None:
        """Set values in the rows that have the keys; a row is its values, then its keys."""

    def delete(self, connection: Connection, table: Table, keys: str, rows: Rows) -> None:
        """Remove the rows that have the keys."""


def bulk(connection: Connection) -> Bulk:
    """Return how many rows are written on this connection."""
    return _BULK[connection.dialect.name]


class _Sqlite:
    """`executemany`, with statements that SQLAlchemy made once."""

    def insert(self, connection: Connection, table: Table, names: str, rows: Rows) -> None:
        if rows:
            connection.connection.cursor().executemany(_sqlite_insert(table, names), rows)

    def update(
        self, connection: Connection, table: Table, names: str, keys: str, rows: Rows
    ) -> None:
        if rows:
            connection.connection.cursor().executemany(_sqlite_update(table, names, keys), rows)

    def delete(self, connection: Connection, table: Table, keys: str, rows: Rows) -> None:
        if rows:
            connection.connection.cursor().executemany(_sqlite_delete(table, keys), rows)


@cache
def _sqlite_insert(table: Table, names: str) -> str:
    return str(insert(table).values(_bound(table, names)).compile(dialect=sqlite()))


@cache
def _sqlite_update(table: Table, names: str, keys: str) -> str:
    values = _bound(table, names)
    return str(update(table).where(_keyed(table, keys)).values(values).compile(dialect=sqlite()))


@cache
def _sqlite_delete(table: Table, keys: str) -> str:
    return str(delete(table).where(_keyed(table, keys)).compile(dialect=sqlite()))


def _bound(table: Table, names: str) -> dict[Column[Any], Any]:
    return {table.c[name]: bindparam(f"new_{name}") for name in names.split()}


def _keyed(table: Table, keys: str) -> Any:
    return and_(*(table.c[key] == bindparam(f"key_{key}") for key in keys.split()))


class _Postgresql:
    """COPY for new rows, arrays for others: a fifth of the time that `executemany` takes."""

    def insert(self, connection: Connection, table: Table, names: str, rows: Rows) -> None:
        if not rows:
            return
        cursor: Any = connection.connection.cursor()  # psycopg's own: SQLAlchemy knows no COPY
        with cursor.copy(_copy(table, names)) as copy:
            copy.set_types(_types(table, names))
            for row in rows:
                copy.write_row(row)

    def update(
        self, connection: Connection, table: Table, names: str, keys: str, rows: Rows
    ) -> None:
        if rows:
            statement = _update_from_arrays(table, names, keys)
            connection.connection.cursor().execute(statement, _arrays(rows))

    def delete(self, connection: Connection, table: Table, keys: str, rows: Rows) -> None:
        if rows:
            statement = _delete_by_arrays(table, keys)
            connection.connection.cursor().execute(statement, _arrays(rows))


_TYPES = {
    "BIGINT": "int8",
    "SMALLINT": "int2",
    "DOUBLE": "float8",
    "TEXT": "text",
    "BLOB": "bytea",
}


@cache
def _types(table: Table, names: str) -> Sequence[str]:
    return [_TYPES[str(table.c[name].type)] for name in names.split()]


def _arrays(rows: Rows) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))


@cache
def _copy(table: Table, names: str) -> str:
    return f"COPY {table.name} ({_quoted(names)}) FROM STDIN (FORMAT BINARY)"


@cache
def _update_from_arrays(table: Table, names: str, keys: str) -> str:
    sets = ", ".join(f'"{name}" = given."{name}"' for name in names.split())
    return (
        f"UPDATE {table.name} SET {sets} FROM {_given(table, f'{names} {keys}')} "  # noqa: S608
        f"WHERE {_same(table, keys)}"
    )


@cache
def _delete_by_arrays(table: Table, keys: str) -> str:
    return f"DELETE FROM {table.name} USING {_given(table, keys)} WHERE {_same(table, keys)}"  # noqa: S608


def _given(table: Table, names: str) -> str:
    arrays = ", ".join(f"%b::{name}[]" for name in _types(table, names))
    return f"unnest({arrays}) AS given ({_quoted(names)})"


def _same(table: Table, keys: str) -> str:
    return " AND ".join(f'{table.name}."{key}" = given."{key}"' for key in keys.split())


def _quoted(names: str) -> str:
    return ", ".join(f'"{name}"' for name in names.split())


_BULK: dict[str, Bulk] = {"sqlite": _Sqlite(), "postgresql": _Postgresql()}
