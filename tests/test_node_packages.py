"""Tests that need Node are left out where there is none, and never in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from node_packages import node_packages


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_it_is_skipped_with_a_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SKIP_NO_TESTS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs npm, which is not installed"):
        node_packages(tmp_path)


def test_it_fails_where_nothing_may_be_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SKIP_NO_TESTS", "1")
    with pytest.raises(pytest.fail.Exception, match="needs npm"):
        node_packages(tmp_path)
