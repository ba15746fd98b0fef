"""Stories of the server are told on both of the front's ways into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, cast

import pytest

from fronts import Shell
from pusher_plugin.server.by_hand import Open, PusherSite, pusher_site
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
    """Give what opens a server of this shell, with apps and settings of the test's choice."""
    return partial(pusher_site, shell)


@pytest.fixture
async def here(opened: Open) -> AsyncIterator[PusherSite]:
    """Give a server of one app, whose clients may send events."""
    async with opened() as here:
        yield here
