"""What a database's error means: in plain words, with what to do; and whether to try again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

_LOCKED = "another process holds it locked: end that one's long transaction"
_SQLITE: Mapping[str, str] = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_CANTOPEN": "it cannot be opened: is its folder there, may this process write in it?",
    "SQLITE_CORRUPT": "it is damaged: restore it from a backup",
    "SQLITE_FULL": "there is no room for it to grow: free some on its disk",
    "SQLITE_IOERR": "its disk cannot be read or written",
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_NOTADB": "the file is no SQLite database: name another, or restore it from a backup",
    "SQLITE_PERM": "this process may not open it: change the file's permissions",
    "SQLITE_READONLY": "it may only be read: let this process write the file and its folder",
}
_POSTGRESQL: Mapping[str, str] = {
    "08": "the connection was lost",
    "22": "it cannot hold this",
    "25006": "it may only be read (is it a standby?): connect to the primary",
    "28": "it refuses this user or password: mend the url",
    "3D000": "there is no such database: create it, or mend the url",
    "40": "other transactions were in the way",
    "42501": "this user may not use its tables: grant it their schema",
    "42P01": "its tables are not there: was it emptied while in use?",
    "53": "it lacks room or connections: see its own log",
    "54": "it cannot hold this",
    "55P03": _LOCKED.replace("process", "transaction"),
    "57": "it is shutting down, starting up, or ended this query",
}
_REFUSED: Mapping[str, str] = {  # on the way in, a server says why in words alone
    "authentication failed": _POSTGRESQL["28"],
    "no password supplied": _POSTGRESQL["28"],
    "pg_hba.conf": _POSTGRESQL["28"],
    "does not exist": "it has no such database or user: create it, or mend the url",
}
_DATA = ("22", "54")
_LOST = ("08", "57P")
_PASSING = ("08", "40", "57P")


class Failure(NamedTuple):
    """What went wrong.

    words: what to tell. lost: contact was lost, so that a commit may have been made or not.
    passing: it is worth trying again. data: it is about what was to be written, and would be so at
    every attempt.
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
    if isinstance(error, NoneFree):
        return Failure("all connections are in use", passing=True)
    return _postgresql(original, url)


def _sqlite(error: sqlite3.Error) -> Failure:
    code = getattr(error, "sqlite_errorname", "")
    if isinstance(error, sqlite3.DataError):
        return Failure(f"it cannot hold this: {error}", data=True)
    words = next((words for known, words in _SQLITE.items() if code.startswith(known)), None)
    told = f"{words} ({error})" if words else f"{type(error).__name__}: {error}"
    lost = code.startswith("SQLITE_IOERR")
    return Failure(told, lost=lost, passing=code.startswith("SQLITE_BUSY"))


def _postgresql(error: BaseException, url: URL) -> Failure:
    state = getattr(error, "sqlstate", None)
    said = _first_line(error, url)
    if state is None:
        return _unanswered(error, said)
    words = next((words for known, words in _POSTGRESQL.items() if state.startswith(known)), None)
    return Failure(
        f"{words} ({said})" if words else said,
        lost=state.startswith(_LOST),
        passing=state.startswith(_PASSING),
        data=state.startswith(_DATA),
    )


def _unanswered(error: BaseException, said: str) -> Failure:
    """The driver itself raised it: it would not ask, or got no answer."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "DataError" in kinds:
        return Failure(f"it cannot hold this: {said}", data=True)
    for known, words in _REFUSED.items():
        if known in said:
            return Failure(f"{words} ({said})")
    if kinds & {"OperationalError", "InterfaceError"}:
        return Failure(f"it cannot be reached ({said})", lost=True, passing=True)
    return Failure(f"{type(error).__name__}: {said}")


def _first_line(error: BaseException, url: URL) -> str:
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    return line.replace(url.password, "***") if url.password else line
