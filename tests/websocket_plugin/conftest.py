"""Stories of the front are told on both of its ways into a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, cast

import pytest

from fronts import Open, Shell, Site, site
from ways import ways


@pytest.fixture(params=ways(["fast"], ["portable"]))
def shell(request: pytest.FixtureRequest) -> Shell:
    return cast("Shell", request.param)


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Run the fast front on uvloop, as servers do, and the portable one on asyncio's own loop."""
    told = "shell" in request.fixturenames and request.getfixturevalue("shell") == "fast"
    return ("asyncio", {"use_uvloop": told})


@pytest.fixture
def opened(shell: Shell) -> Open:
    """Give what opens a site of this shell, with settings of the test's choice."""
    return partial(site, shell)


@pytest.fixture
async def here(opened: Open) -> AsyncIterator[Site]:
    """Give a site with settings as they are."""
    async with opened() as here:
        yield here
