"""The next release's notes can be made of what docs/changes holds."""

from __future__ import annotations

from pathlib import Path
from subprocess import run
from sys import executable

ROOT = Path(__file__).parents[2]
CHANGES = ROOT / "docs/changes"


def test_every_change_is_in_the_notes_of_the_next_release() -> None:
    command = [executable, "-m", "towncrier", "build", "--draft", "--version", "9.9.9"]
    notes = run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    told = [file for file in CHANGES.iterdir() if file.name != "README.md"]
    assert [file.name for file in told if _first_line(file) not in notes] == []


def _first_line(file: Path) -> str:
    return file.read_text("utf-8").splitlines()[0]
