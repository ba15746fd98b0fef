"""The console is tried beside a WebSocket front, whose clients it counts too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from http_site import Open, Site, site


@pytest.fixture
def opened() -> Open:
    """Give what opens a site, with settings of the test's choice."""
    return partial(site, "beside")


@pytest.fixture
async def here(opened: Open) -> AsyncIterator[Site]:
    """Give a site with settings as they are."""
    async with opened() as here:
        yield here
