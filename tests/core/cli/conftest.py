"""The command has a directory of its own, settings of its own, and a terminal of 80 columns."""

from pathlib import Path

import pytest

from core.cli.runs import Run, configure, run_command


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; by default its store lasts for the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("TIDINGS_CONFIG", "TIDINGS_TOKEN_KEY", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    configure(tmp_path)
    return run_command
