"""A browser, a site, and pages of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext

from http_plugin.browser.bells import PATIENCE, TRANSPORTS, Bell, attributes
from http_plugin.browser.chromium import chromium
from http_plugin.browser.site import Site
from node_packages import WITHIN, node_packages

Show = Callable[..., Awaitable[Bell]]
"""Shows a bell on a page of its own: `await show(order="pending")`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "node_modules" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(60 + WITHIN))  # the first one installs them


@pytest.fixture(scope="session")
def node_modules() -> Path:
    return node_packages(Path(__file__).parent)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def site(node_modules: Path) -> AsyncIterator[Site]:
    site = Site(node_modules)
    await site.start()
    yield site
    await site.stop()


@pytest.fixture
async def device(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Give a fresh profile, in which nothing but what a test expects goes wrong."""
    device = await browser.new_context()
    device.set_default_timeout(PATIENCE)
    yield device
    await device.close()


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def show(site: Site, device: BrowserContext, transport: str) -> Show:
    async def show(**more: str) -> Bell:
        page = await device.new_page()
        await page.goto(site.page(attributes(site, transport, **more)))
        bell = Bell(page)
        await bell.live()
        return bell

    return show
