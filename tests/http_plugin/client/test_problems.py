"""What a server, or somebody before it, says is wrong is one of the core's errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tidings import (
    Closed,
    Conflict,
    InvalidData,
    InvalidName,
    InvalidToken,
    StalePosition,
    StoreError,
    TidingsError,
    Unsupported,
)
from tidings_http import problems
from tidings_http.client.errors import Denied, TooLarge
from tidings_http.client.failures import retry_after
from tidings_http.client.problems import error_in, error_of

URL = "https://example.com"
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "error",
    [
        Conflict("id 'n' was used before with other content"),
        InvalidData("data is no JSON"),
        InvalidName("channel: no"),
        StalePosition("read the inbox again"),
        Unsupported("there is no store here"),
    ],
)
def test_the_cores_errors_come_through_with_their_words(error: TidingsError) -> None:
    problem = problems.problem(error)

    found = error_in(URL, problem.status_code, json.dumps(problem.document()).encode())

    assert type(found) is type(error)
    assert str(found) == str(error)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (problems.problem(InvalidToken("expired")), InvalidToken),
        (problems.unauthenticated(), InvalidToken),
        (problems.denied("not your team"), Denied),
        (problems.too_large(10), TooLarge),
        (problems.malformed("no cursor"), InvalidData),
        (problems.limit("too many"), StoreError),
        (problems.problem(Closed("stopping")), StoreError),
        (problems.problem(StoreError("disk full")), StoreError),
        (problems.problem(RuntimeError("a secret")), StoreError),
    ],
)
def test_every_problem_is_an_error(problem: problems.Problem, kind: type[TidingsError]) -> None:
    found = error_in(URL, problem.status_code, json.dumps(problem.document()).encode())

    assert type(found) is kind
    assert problem.detail in str(found)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, InvalidToken), (403, Denied), (413, TooLarge), (404, StoreError), (599, StoreError)],
)
@pytest.mark.parametrize("body", [b"", b"<h1>No</h1>", b"[]", b'{"message": "no"}', b"\xff"])
def test_whoever_knows_no_problems_is_understood_by_the_status(
    status: int, kind: type[TidingsError], body: bytes
) -> None:
    found = error_in(URL, status, body)

    assert type(found) is kind
    assert f"it answers {status}" in str(found)


@pytest.mark.parametrize(
    "document", [{}, {"code": 5}, {"code": "new"}, {"code": ["conflict"], "detail": {"a": 1}}]
)
def test_a_problem_of_another_kind_is_one_of_the_store(document: dict[str, object]) -> None:
    assert type(error_of(document)) is StoreError


def test_a_servers_words_stand_in_one_line_of_bounded_length() -> None:
    found = error_of({"code": "conflict", "detail": "a\r\nb\x1b[31m" + "x" * 10_000})

    assert str(found).startswith("a  b [31mxxx")
    assert len(str(found)) == 500


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("120", 120),
        ("Tue, 01 Jan 2030 00:00:30 GMT", 30),
        ("Tue, 01 Jan 2030 00:00:30 -0000", 30),
        ("Mon, 31 Dec 2029 23:00:00 GMT", 0),
        ("9" * 400, 999_999_999),
        ("٣", 0),
    ],
)
def test_a_server_says_how_long_it_wants_to_be_left_alone(header: str, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds
