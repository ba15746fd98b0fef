"""What a database's error means is told in plain words, and whether another attempt may help."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import URL

from tidings_sql.failures import Failure, failure

FILE = URL.create("sqlite", database="tidings.db")
SERVER = URL.create("postgresql+psycopg", "ann", "s3cret", "host", database="app")


@pytest.mark.parametrize(
    ("kind", "words", "passing", "lost"),
    [
        (errors.DeadlockDetected, "other transactions were in the way", True, False),
        (errors.SerializationFailure, "other transactions were in the way", True, False),
        (errors.AdminShutdown, "it is shutting down, starting up, or ended this query", True, True),
        (errors.CannotConnectNow, "it is shutting down, starting up", True, True),
        (errors.QueryCanceled, "it is shutting down, starting up, or ended", False, False),
        (errors.ConnectionFailure, "the connection was lost", True, True),
        (errors.LockNotAvailable, "another transaction holds it locked", False, False),
        (errors.DiskFull, "it lacks room or connections: see its own log", False, False),
        (errors.TooManyConnections, "it lacks room or connections", False, False),
        (errors.ReadOnlySqlTransaction, "it may only be read", False, False),
        (errors.InsufficientPrivilege, "this user may not use its tables: grant", False, False),
        (errors.UndefinedTable, "its tables are not there", False, False),
        (errors.InvalidPassword, "it refuses this user or password: mend the url", False, False),
    ],
)
def test_what_a_server_says_is_told_in_plain_words(
    kind: type[psycopg.Error], words: str, passing: bool, lost: bool
) -> None:
    found = failure(kind("the server's own words\nwith a detail"), SERVER)

    assert found.words.startswith(words)
    assert found.words.endswith("(the server's own words)")
    assert (found.passing, found.lost, found.data) == (passing, lost, False)


@pytest.mark.parametrize(
    "error",
    [
        errors.NumericValueOutOfRange("too large"),
        errors.ProgramLimitExceeded("index row size exceeds"),
        psycopg.DataError("no NUL in text"),
        sqlite3.DataError("string or blob too big"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
        OverflowError("Python int too large"),
    ],
)
def test_what_cannot_be_held_is_about_the_data(error: Exception) -> None:
    found = failure(error, SERVER)

    assert found.data
    assert found.words.startswith("it cannot hold this")


def test_a_server_that_does_not_answer_may_be_there_soon() -> None:
    found = failure(psycopg.OperationalError("connection refused"), SERVER)

    assert found == Failure("it cannot be reached (connection refused)", lost=True, passing=True)


@pytest.mark.parametrize(
    "said",
    [
        'FATAL: password authentication failed for user "ann"',
        "fe_sendauth: no password supplied",
        'FATAL: no pg_hba.conf entry for host "1.2.3.4"',
        'FATAL: role "ann" does not exist',
    ],
)
def test_a_server_that_refuses_is_not_asked_again(said: str) -> None:
    found = failure(psycopg.OperationalError(said), SERVER)

    assert not found.passing
    assert "mend the url" in found.words


def test_no_words_of_a_driver_bring_out_the_password() -> None:
    found = failure(psycopg.OperationalError("invalid dsn: password=s3cret"), SERVER)

    assert "s3cret" not in found.words
    assert "***" in found.words


def test_an_error_of_no_known_kind_is_told_as_it_is() -> None:
    assert failure(RuntimeError("odd"), SERVER) == Failure("RuntimeError: odd")
    assert failure(sqlite3.ProgrammingError("odd"), FILE) == Failure("ProgrammingError: odd")
