"""Whoever checks types finds those of every package: it says that it has some."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_package_says_that_it_has_types() -> None:
    packages = [ROOT / "core/tidings", *(ROOT / "plugins").glob("tidings_*")]
    assert [each.name for each in packages if not (each / "py.typed").exists()] == []
