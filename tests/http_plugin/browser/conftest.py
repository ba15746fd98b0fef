"""A browser, a site, and pages of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, WebError

from http_plugin.browser.bells import PATIENCE, TRANSPORTS, Bell, Devices, Show, shown
from http_plugin.browser.site import USER, Site
from node_packages import WITHIN, node_packages


def pytest_configure(config: pytest.Config) -> None:
    marker = "clocked: sets its page's clock, which all pages of a profile have: in one of its own"
    config.addinivalue_line("markers", marker)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "node_modules" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(60 + WITHIN))  # the first one installs them


@pytest.fixture(scope="session")
def node_modules() -> Path:
    return node_packages(Path(__file__).parent)


@pytest.fixture
async def site(node_modules: Path) -> AsyncIterator[Site]:
    site = Site(node_modules)
    await site.start()
    yield site
    await site.stop()


@pytest.fixture(scope="session")
async def profile(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Give the profile that `device` is: one that begins anew costs a second."""
    profile = await browser.new_context()
    await profile.new_page()  # keeps the process that draws pages
    yield profile
    await profile.close()


@pytest.fixture
async def devices(browser: Browser) -> AsyncIterator[Devices]:
    """Give fresh profiles, in whose pages no error is left to itself and no policy is broken."""
    async with AsyncExitStack() as stack:

        async def device(**settings: Any) -> BrowserContext:
            device = await browser.new_context(**settings)
            stack.push_async_callback(device.close)
            await stack.enter_async_context(watched(device))
            return device

        yield device


@pytest.fixture
async def device(
    request: pytest.FixtureRequest, devices: Devices, profile: BrowserContext
) -> AsyncIterator[BrowserContext]:
    """Give a profile in which nothing was done, watched as fresh ones are."""
    if request.node.get_closest_marker("clocked"):
        yield await devices()
    else:
        async with watched(profile):
            yield profile
            await left(profile)


async def left(profile: BrowserContext) -> None:
    """Make a profile as it was when it had but its first page."""
    for page in profile.pages[1:]:
        await page.close()
    await profile.set_offline(False)
    await profile.unroute_all()
    await profile.clear_permissions()
    await profile.clear_cookies()


@asynccontextmanager
async def watched(device: BrowserContext) -> AsyncIterator[None]:
    """Ask of the pages of a profile that no error is left to itself and no policy broken."""
    wrong: list[str] = []

    def raised(error: WebError) -> None:
        wrong.append(str(error.error))

    def heard(message: ConsoleMessage) -> None:
        if any(word in message.text for word in ("Content Security Policy", "Trusted")):
            wrong.append(message.text)

    device.set_default_timeout(PATIENCE)
    device.on("weberror", raised)
    device.on("console", heard)
    yield
    device.remove_listener("weberror", raised)
    device.remove_listener("console", heard)
    assert not wrong


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
