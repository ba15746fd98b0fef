"""The pictures in the documentation can be made anew, and are small."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.screenshots import CONSOLE, DOCS, PICTURES, START, make

MOST = 100_000


@pytest.mark.long  # the pages that they show have tests of their own
async def test_they_can_be_made_anew(tmp_path: Path) -> None:
    made = await make(tmp_path, seconds=2)

    assert {file.name for file in made} == {START, CONSOLE}
    for file in made:
        assert file.read_bytes().startswith(b"\x89PNG")
        assert file.stat().st_size < MOST


def test_they_are_where_the_pages_show_them() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    assert f"(docs/pictures/{START})" in readme
    assert f"(../pictures/{CONSOLE})" in (DOCS / "guide/console.md").read_text("utf-8")
    assert all((PICTURES / name).stat().st_size < MOST for name in (START, CONSOLE))
