"""Every test of the logic is tried on every backend."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from logic.backends import BACKENDS, QUICK, World
from tidings import Tidings
from ways import ways


@pytest.fixture(params=ways(QUICK, [name for name in BACKENDS if name not in QUICK]))
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with BACKENDS[request.param](request.getfixturevalue) as world:
        yield world


@pytest.fixture
async def tidings(world: World) -> AsyncIterator[Tidings]:
    async with world.node() as node:
        yield node


@pytest.fixture
async def elsewhere(world: World) -> AsyncIterator[Tidings]:
    """Give another node of the same application."""
    async with world.node() as node:
        yield node
