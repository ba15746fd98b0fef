"""The OpenAPI document: what it says is so, and nothing that it lets one ask breaks the server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from http_site import site
from tidings import Notification
from tidings_http import HttpFront

QUICK = ("--phases", "fuzzing", "--max-examples", "6", "--seed", "1")
THOROUGH = ("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "300")
NOT_CHECKED = "positive_data_acceptance,unsupported_method"
"""A schema cannot say how many bytes a user's id has; POST /inbox/x is a change that is none."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return HttpFront().app.openapi()


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def test_every_operation_says_what_it_is_for_and_that_errors_are_problems(
    document: dict[str, Any],
) -> None:
    for operation in operations(document):
        assert operation["description"], operation
        for status, response in operation["responses"].items():
            assert response["description"], operation
            if status != "200":
                assert set(response["content"]) == {"application/problem+json"}
    names = [operation["operationId"] for operation in operations(document)]
    assert len(set(names)) == len(names) >= 18


def test_names_are_spelt_as_in_the_answers(document: dict[str, Any]) -> None:
    notification = document["components"]["schemas"]["Notification"]
    assert set(notification["properties"]) == set(Notification.model_fields)
    assert "Raises" not in str(document)
    assert not [name for name in document["components"]["schemas"] if "-" in name]


@pytest.mark.long  # bodies are also tried where they are read, without a program of so many imports
@pytest.mark.timeout(180)  # a few seconds, on a machine that has nothing else to do
async def test_nothing_that_it_lets_one_ask_breaks_the_server(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    thorough = request.config.getoption("--thorough")
    manner = THOROUGH if thorough else QUICK
    async with site("beside") as here:
        await here.push(1, 2, 3, user="ops")
        testing = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "schemathesis"),
            *("run", f"http://127.0.0.1:{here.port}/openapi.json"),
            *("--header", f"Authorization: {here.bearer('ops')['authorization']}"),
            *("--exclude-path-regex", "/events$"),  # these answers never end
            *("--exclude-checks", NOT_CHECKED),
            *("--no-color", *manner),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        found, _ = await testing.communicate()
        assert testing.returncode == 0, found.decode()
        assert not [status for status in here.counters.requests if status >= 500], found.decode()
        assert here.counters.requests[200] > 20
