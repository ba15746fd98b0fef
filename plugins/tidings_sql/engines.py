"""From a URL to engines: one that writes, one that reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import SecretStr
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from tidings.errors import PluginError, SettingsError

READERS = 4
"""How many readings go on at once."""

_WAIT = 5
_STOPPED = 30
_WAL_PAGES = 8_000  # 32 MB: what is written to a page several times goes to its place once
_CACHE = -32_768  # in KiB


class Engines(NamedTuple):
    """Two ways into one database."""

    writer: Engine
    reader: Engine


def parsed(url: SecretStr | str) -> URL:
    """Return the URL of a database that this plugin knows.

    Raises:
        SettingsError: it is none; the URL is not told, for it may hold a password.
        PluginError: the database's driver is not installed.
    """
    text = url.get_secret_value() if isinstance(url, SecretStr) else url
    try:
        found = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError(f"SqlStore: url: is none; {_LIKE}") from None
    if found.drivername in ("postgres", "postgresql"):
        found = found.set(drivername="postgresql+psycopg")
    if found.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise SettingsError(f"SqlStore: url: {found.drivername!r} is not supported; {_LIKE}")
    try:
        found.get_dialect().import_dbapi()
    except ImportError as error:
        raise PluginError("sql", f"{error}: pip install 'tidings[postgresql]'") from None
    if found.get_backend_name() == "sqlite" and found.database in (None, "", ":memory:"):
        raise SettingsError(
            f"SqlStore: url: names no file; {_LIKE}. What need not last keeps a MemoryStore"
        )
    return found


_LIKE = "write sqlite:///path/to/file.db or postgresql://user:password@host/database"


def engines(url: URL, synchronous: str) -> Engines:
    """Make the engines; nothing is opened yet."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, synchronous)
    return _postgresql(url)


def _sqlite(url: URL, synchronous: str) -> Engines:
    pragmas = {
        "cache_size": _CACHE,
        "journal_mode": "WAL",
        "synchronous": synchronous,
        "wal_autocheckpoint": _WAL_PAGES,
    }
    writer = _engine(url, 1)
    reader = _engine(url, READERS)
    event.listen(writer, "connect", _opening(pragmas))
    event.listen(reader, "connect", _opening({**pragmas, "query_only": "ON"}))
    event.listen(writer, "begin", _beginning("BEGIN IMMEDIATE"))
    event.listen(reader, "begin", _beginning("BEGIN"))
    return Engines(writer, reader)


def _opening(pragmas: Mapping[str, Any]) -> Callable[[Any, Any], None]:
    def opened(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where they are told to
        try:
            for name, value in pragmas.items():
                connection.execute(f"PRAGMA {name} = {value}")
        except BaseException:
            connection.close()
            raise

    return opened


def _beginning(statement: str) -> Callable[[Connection], None]:
    def begun(connection: Connection) -> None:
        connection.connection.cursor().execute(statement)

    return begun


def _postgresql(url: URL) -> Engines:
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": str(_WAIT)})
    writer = _engine(url, 1, isolation_level="READ COMMITTED")
    reader = _engine(url, READERS, isolation_level="REPEATABLE READ")
    event.listen(writer, "connect", _limited)
    return Engines(writer, reader)


def _limited(connection: Any, _record: Any) -> None:
    """Wait for no lock for ever; and hold none if this process is stopped in a transaction."""
    connection.execute(f"SET lock_timeout = '{_WAIT}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{_STOPPED}s'")
    connection.commit()


def _engine(url: URL, size: int, **options: Any) -> Engine:
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_reset_on_return=None,  # every transaction has ended by then
        hide_parameters=True,  # an error's words name no content
        **options,
    )
