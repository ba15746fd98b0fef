"""Where the database is, and how a command works on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tidings.cli.opening import made, tell_of
from tidings.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tidings.cli.default_store import Default
    from tidings.cli.invocation import Invocation
    from tidings_sql.engines import Engines

T = TypeVar("T")

_NO_STORE = (
    "no SQL store is configured. Give it a table in tidings.toml,\n"
    "[plugins.sql]\n"
    'url = "sqlite:///tidings.db"\n'
    "or set TIDINGS_PLUGINS__SQL__URL"
)
_NO_FILE = "there is no file {} yet: the program makes it, or `tidings db upgrade`"


def read(called: Invocation, job: Callable[[Connection], T]) -> T:
    """Run a job that reads, within one transaction.

    Raises:
        SettingsError: the settings have another store.
        StoreError: the database is not there, or cannot do it.
    """
    engines, _ = _engines(called)
    _check_file(engines)
    return asyncio.run(_run(engines, job, writes=False))


def write(called: Invocation, job: Callable[[Connection], T], *, makes: bool = False) -> T:
    """Run a job that writes, in one transaction; raises as `read` does.

    Args:
        called: the command.
        job: what to do.
        makes: whether a file that is not there is made.
    """
    engines, default = _engines(called)
    if not makes:
        _check_file(engines)
    file = default.new_file()
    done = asyncio.run(_run(engines, job, writes=True))
    tell_of(called, file)
    return done


def _engines(called: Invocation) -> tuple[Engines, Default]:
    tidings, default = made(called)
    try:
        from tidings_sql.store import SqlStore
    except ImportError:  # then nothing of it is configured either
        raise SettingsError(_NO_STORE) from None
    if not isinstance(tidings.hooks.store, SqlStore):
        raise SettingsError(_NO_STORE)
    return tidings.hooks.store.engines(), default


def _check_file(engines: Engines) -> None:
    url = engines.reader.url
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise StoreError(_NO_FILE.format(url.database))


async def _run(engines: Engines, job: Callable[[Connection], T], *, writes: bool) -> T:
    from tidings_sql.transaction import transaction
    from tidings_sql.worker import Worker

    def whole(connection: Connection) -> T:
        with transaction(connection):
            return job(connection)

    worker = Worker(engines.writer if writes else engines.reader, 1, 0)
    try:
        return await worker.run(whole, repeatable=False)
    finally:
        await worker.close()
