"""Stories of the HTTP front are told on both ways in which it is served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, cast

import pytest

from http_site import Form, Open, Site, site
from ways import ways


@pytest.fixture(params=ways(["beside"], ["mounted"]))
def form(request: pytest.FixtureRequest) -> Form:
    return cast("Form", request.param)


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Run the one on uvloop, as servers do, and the other on asyncio's own loop."""
    told = "form" in request.fixturenames and request.getfixturevalue("form") == "beside"
    return ("asyncio", {"use_uvloop": told})


@pytest.fixture
def opened(form: Form) -> Open:
    """Give what opens a site of this form, with settings of the test's choice."""
    return partial(site, form)


@pytest.fixture
async def here(opened: Open) -> AsyncIterator[Site]:
    """Give a site with settings as they are."""
    async with opened() as here:
        yield here
