"""What a database's error means: in plain words, with what to do; and whether to try again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_SQLITE: Mapping[str, str] = {
    "SQLITE_BUSY": "another process holds it locked: end that one's long transaction",
    "SQLITE_CANTOPEN": "it cannot be opened: is its folder there, may this process write in it?",
    "SQLITE_CORRUPT": "it is damaged: restore it from a backup",
    "SQLITE_FULL": "there is no room for it to grow: free some on its disk",
    "SQLITE_IOERR": "its disk cannot be read or written",
    "SQLITE_LOCKED": "another process holds it locked: end that one's long transaction",
    "SQLITE_NOTADB": "the file is no SQLite database: name another, or restore it from a backup",
    "SQLITE_PERM": "this process may not open it: change the file's permissions",
    "SQLITE_READONLY": "it may only be read: let this process write the file and its folder",
}

_POSTGRESQL: Mapping[str, str] = {
    "08": "the connection was lost",
    "25006": "it may only be read (is it a standby?): connect to the primary",
    "28": "it refuses this user or password: mend the url",
    "3D000": "there is no such database: create it, or mend the url",
    "40": "other transactions were in the way",
    "42501": "this user may not use the tables: grant it their schema",
    "42P01": "its tables are not there: was it emptied while in use?",
    "53": "it lacks room or connections: see its own log",
    "55P03": "another transaction holds rows locked: end that one",
    "57": "it is shutting down, starting up, or ended this query",
}

_PASSING = ("08", "40", "57P")
_DATA = ("22", "54")


class Failure(NamedTuple):
    """What went wrong.

    words: what to tell. lost: the connection is of no more use. passing: it is worth trying again.
    data: it is about what was to be written, and would be so at every attempt.
    """

    words: str
    lost: bool = False
    passing: bool = False
    data: bool = False


def failure(error: BaseException, url: URL) -> Failure:
    """Find out what an error raised by a database, its driver or SQLAlchemy means."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(original, (UnicodeError, OverflowError)):
        return Failure(f"it cannot hold this: {original}", data=True)
    if isinstance(original, sqlite3.Error):
        return _sqlite(original)
    if isinstance(error, PoolTimeout):
        return Failure("all connections are in use")
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return _postgresql(original, url, lost=lost or isinstance(error, InterfaceError))


def _sqlite(error: sqlite3.Error) -> Failure:
    name = getattr(error, "sqlite_errorname", "")
    if isinstance(error, sqlite3.DataError):
        return Failure(f"it cannot hold this: {error}", data=True)
    for known, words in _SQLITE.items():
        if name.startswith(known):
            return Failure(f"{words} ({error})")
    return Failure(f"{type(error).__name__}: {error}")


def _postgresql(error: BaseException, url: URL, *, lost: bool) -> Failure:
    state = getattr(error, "sqlstate", None)
    told = _first_line(error, url)
    if state is None:  # no answer: it could not be reached, or was gone
        return Failure(f"it cannot be reached ({told})", lost=True, passing=True)
    data = state.startswith(_DATA)
    words = next((words for known, words in _POSTGRESQL.items() if state.startswith(known)), None)
    if data:
        words = "it cannot hold this"
    told = f"{words} ({told})" if words else told
    return Failure(told, lost=lost, passing=lost or state.startswith(_PASSING), data=data)


def _first_line(error: BaseException, url: URL) -> str:
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    return line.replace(url.password, "***") if url.password else line
