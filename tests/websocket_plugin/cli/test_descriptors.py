from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from tidings_websocket.cli.descriptors import raise_limit


@pytest.fixture
def limits() -> Iterator[tuple[int, int]]:
    """Give the limits of this process, and put them back."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_soft_limit_becomes_the_hard_one(limits: tuple[int, int]) -> None:
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))

    assert raise_limit() == hard
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)


@pytest.mark.usefixtures("limits")
def test_a_limit_that_is_as_high_as_it_can_be_stays() -> None:
    first = raise_limit()

    assert raise_limit() == first
