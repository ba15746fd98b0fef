"""Stories that are told in several ways: on each backend, over each transport, on each shell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def ways(quick: Iterable[str], long: Iterable[str]) -> Sequence[Any]:
    """Return the parameters of a fixture whose tests are run in all these ways.

    Args:
        quick: those that `uv run pytest` takes.
        long: those that it leaves out, to end within minutes; with `--long` it takes them too.
    """
    return [*quick, *(pytest.param(way, marks=pytest.mark.long) for way in long)]
