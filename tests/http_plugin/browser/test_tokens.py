"""Who is asking: a token, what gives one, or the page's cookies."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext

from http_plugin.browser.bells import Bell
from http_plugin.browser.site import Site


@pytest.mark.parametrize("live", ["websocket", "sse"])
async def test_a_token_is_fetched_and_fetched_anew(
    site: Site, device: BrowserContext, live: str
) -> None:
    await site.push("one")
    page = await device.new_page()
    given = {"transport": live, "token-url": "/token?user=ann"}
    await page.goto(site.page(given))
    bell = Bell(page)
    await bell.live()
    assert site.tokens_given == 1
    await site.tidings.disconnect("ann", revoke=True)  # what it had is good no more
    await bell.until("() => told.at(-1).detail.status === 'live' && told.length > 3")
    assert site.tokens_given > 1
    await site.push("two")
    await bell.opened()
    await bell.shows("two", "one")


@pytest.mark.parametrize("live", ["websocket", "sse"])
async def test_cookies_will_do(site: Site, device: BrowserContext, live: str) -> None:
    await device.add_cookies([{"name": "user", "value": "ann", "url": site.url}])
    await site.push("one")
    page = await device.new_page()
    await page.goto(site.page({"transport": live}))
    bell = Bell(page)
    await bell.live()
    await bell.opened()
    await bell.shows("one")
    await bell.counts(None)
    await bell.part("all").click()
    await bell.until("bell => bell.client.snapshot.counts.pending === 0")


async def test_nobody_is_shown_nothing(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    page = await device.new_page()
    await page.goto(site.page({}))
    bell = Bell(page)
    await bell.status("failed")
    code = await bell.element.evaluate("bell => bell.client.snapshot.error.code")
    assert code == "denied"
