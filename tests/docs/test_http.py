"""The page on HTTP leaves out nothing that is answered, and no problem that is told."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tidings_http
from tidings_http import HttpFront

PACKAGE = Path(str(tidings_http.__file__)).parent
PAGE = (Path(__file__).parents[2] / "docs" / "backends/http.md").read_text("utf-8")


@pytest.fixture(scope="module")
def operations() -> list[str]:
    """Return what is answered to strangers, as `GET /path`."""
    paths = HttpFront().app.openapi()["paths"]
    return [
        f"{method.upper()} {path.replace('/users/{user}', '')}"
        for path, operations in paths.items()
        for method in operations
        if not path.startswith("/store")
    ]


def codes() -> Iterator[str]:
    """Go through the codes of problems, as the source has them."""
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="Problem"), args=[_, ast.Constant(value=str(code)), *_]
                ):
                    yield code
                case ast.Tuple(
                    elts=[ast.Constant(value=int(status)), ast.Constant(value=str(code))]
                ) if status >= 400:
                    yield code


def test_every_request_is_listed(operations: list[str]) -> None:
    assert len(operations) > 15
    missing = [asked for asked in operations if f"`{asked}`" not in PAGE]
    assert missing == []


def test_every_problem_is_listed() -> None:
    found = set(codes())
    assert len(found) > 10
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert [code for code in found if not any(f"`{code}`" in row for row in rows)] == []
