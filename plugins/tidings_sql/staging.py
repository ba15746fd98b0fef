"""Writing events into a transaction of the application's own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from inspect import isawaitable
from typing import Any

from sqlalchemy import Connection, event, insert

from tidings.errors import StoreError, Unsupported
from tidings_sql.tables import staged

Row = tuple[str, str, str, bytes, float | None, float]

_COLUMNS = ("channel", "id", "name", "data", "at", "since")
_COMMITTED = "tidings committed"
_MARKS = {"qmark": "?", "format": "%s", "pyformat": "%s"}
_WANTED = (
    "give a SQLAlchemy Connection or Session (async ones too), or a cursor or connection of "
    "Django, sqlite3 or psycopg"
)


async def stage(
    connection: object, rows: Sequence[Row], dialect: str, committed: Callable[[], None]
) -> None:
    """Write rows of `staged`, in the order of its columns, with whatever kind of connection.

    Args:
        connection: the application's; what it raises is raised.
        rows: to write.
        dialect: of the store's own database, where they must go.
        committed: called once the connection's transaction may have committed.

    Raises:
        Unsupported: it is of no known kind, or of another database.
        StoreError: its database has no such table.
    """
    given: Any = connection
    if callable(given) and hasattr(given, "registry"):
        given = given()  # the session of a scoped one
    run_sync = getattr(given, "run_sync", None)
    try:
        if run_sync is not None:
            await run_sync(_stage, rows, dialect, committed)
        elif isawaitable(waiting := _stage(given, rows, dialect, committed)):
            await waiting
    except Exception as error:
        if _has_no_table(error):
            raise StoreError(
                "the connection's database has no tables of Tidings, or not where it looks: "
                "connect it to the database, and the schema, of the SqlStore's url"
            ) from error
        raise


def _stage(given: Any, rows: Sequence[Row], dialect: str, committed: Callable[[], None]) -> Any:
    if isinstance(given, Connection):
        _check(given.dialect.name, dialect)
        given.execute(insert(staged), [dict(zip(_COLUMNS, row, strict=True)) for row in rows])
        _tell_of_commit(given, committed)
    elif hasattr(given, "get_bind"):
        _stage(given.connection(), rows, dialect, committed)
    elif hasattr(given, "executemany"):
        return _execute(given, rows, dialect, committed)
    elif hasattr(given, "cursor"):
        return _execute(given.cursor(), rows, dialect, committed)
    else:
        raise Unsupported(f"push(connection=...) cannot write with a {_kind(given)}: {_WANTED}")
    return None


def _execute(cursor: Any, rows: Sequence[Row], dialect: str, committed: Callable[[], None]) -> Any:
    """Write with a DB-API cursor; return what awaits it, if the cursor is async."""
    django: Any = getattr(cursor, "db", None)
    if hasattr(django, "vendor"):
        _check(django.vendor, dialect)
        _insert(cursor, "%s", rows)  # as Django has it, on all databases
        if django.in_atomic_block or django.get_autocommit():
            django.on_commit(committed)
        return None
    mark = _MARKS.get(_paramstyle(cursor) or "")
    if mark is None:
        raise Unsupported(f"push(connection=...) cannot write with a {_kind(cursor)}: {_WANTED}")
    _check("sqlite" if mark == "?" else "postgresql", dialect)
    return _insert(cursor, mark, rows)


def _insert(cursor: Any, mark: str, rows: Sequence[Row]) -> Any:
    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    marks = ", ".join([mark] * len(_COLUMNS))
    return cursor.executemany(
        f"INSERT INTO {staged.name} ({names}) VALUES ({marks})",  # noqa: S608
        rows,
    )


def _paramstyle(cursor: object) -> str | None:
    """Return how its statements have parameters, as the module says that the cursor is of."""
    for cls in type(cursor).__mro__:
        module = sys.modules.get(cls.__module__.partition(".")[0])
        style = getattr(module, "paramstyle", None)
        if style is not None:
            return str(style)
    return None


def _check(theirs: str, ours: str) -> None:
    if theirs != ours:
        raise Unsupported(
            f"push(connection=...) writes where the store's tables are: in {ours}, and this "
            f"connection is to {theirs}"
        )


def _kind(thing: object) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


def _has_no_table(error: Exception) -> bool:
    """Tell whether that is what an error of any of these drivers says."""
    for found in (getattr(error, "orig", None), error.__cause__, error):
        if getattr(found, "sqlstate", None) == "42P01" or "no such table" in str(found or ""):
            return True
    return False


def _tell_of_commit(connection: Connection, committed: Callable[[], None]) -> None:
    """Have this called when the transaction commits.

    SQLAlchemy tells of a commit just before it makes it, which is early where another thread
    listens. It is surely made once the connection has gone back to its pool.
    """
    connection.info[_COMMITTED] = committed
    event.listen(connection, "commit", _committing)
    event.listen(connection.engine.pool, "checkin", _returned)


def _committing(connection: Connection) -> None:
    if committed := connection.info.get(_COMMITTED):
        committed()


def _returned(_connection: object, record: Any) -> None:
    if committed := record.info.pop(_COMMITTED, None):
        committed()
