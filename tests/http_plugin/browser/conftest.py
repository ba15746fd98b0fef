"""A browser, a site, and pages of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage

from http_plugin.browser.bells import PATIENCE, TRANSPORTS, Bell, Devices, Show, shown
from http_plugin.browser.chromium import chromium
from http_plugin.browser.site import USER, Site
from node_packages import WITHIN, node_packages


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
async def devices(browser: Browser) -> AsyncIterator[Devices]:
    """Give fresh profiles, in whose pages no error is left to itself and no policy is broken."""
    wrong: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if any(word in message.text for word in ("Content Security Policy", "Trusted")):
            wrong.append(message.text)

    async with AsyncExitStack() as stack:

        async def device(**settings: Any) -> BrowserContext:
            device = await browser.new_context(**settings)
            stack.push_async_callback(device.close)
            device.set_default_timeout(PATIENCE)
            device.on("weberror", lambda error: wrong.append(str(error.error)))
            device.on("console", heard)
            return device

        yield device
    assert not wrong


@pytest.fixture
async def device(devices: Devices) -> BrowserContext:
    return await devices()


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def show(site: Site, device: BrowserContext, transport: str) -> Show:
    """Give what shows a bell on a page of its own, over the transport."""

    async def show(user: str = USER, **more: str) -> Bell:
        return await shown(site, device, transport, user, **more)

    return show


@pytest.fixture
def bell_of(site: Site, device: BrowserContext) -> Show:
    """Give the same, over one transport: for what has nothing to do with it."""

    async def show(user: str = USER, **more: str) -> Bell:
        return await shown(site, device, "sse", user, **more)

    return show
