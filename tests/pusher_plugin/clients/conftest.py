"""Clients from the npm registry: installed once, and a Node with them for each test that asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node_packages import WITHIN, node_packages
from pusher_plugin.clients.page import Page, opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "node_modules" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(60 + WITHIN))  # the first one installs them


@pytest.fixture(scope="session")
def node_modules() -> Path:
    return node_packages(Path(__file__).parent)


@pytest.fixture
async def page(node_modules: Path) -> AsyncIterator[Page]:
    async with opened(node_modules) as page:
        yield page
