"""What the pages say of speed is what the benchmarks measured."""

from __future__ import annotations

from benchmarks.record import PROGRAMS
from docs.figures import PAGE, made, recorded, shown


def test_the_figures_on_the_page_are_those_recorded() -> None:
    page = PAGE.read_text("utf-8")
    assert made(page) == page, "run: cd tests && uv run python -m docs.figures"


def test_every_benchmark_is_recorded_and_shown() -> None:
    assert list(recorded()) == list(PROGRAMS)
    assert shown(PAGE.read_text("utf-8")) == set(PROGRAMS)
