"""Notifications are texts from anywhere: none becomes markup, script or a way to one."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from http_plugin.browser.bells import Show
from http_plugin.browser.site import Site

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script><b>bold</b>"

UNSAFE = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "blob:null/1",
    "file:///etc/passwd",
    "http://",
)


async def test_texts_are_shown_as_they_are(site: Site, bell_of: Show) -> None:
    dialogs: list[str] = []
    bell = await bell_of()
    bell.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await site.push(MARKUP, content=MARKUP, buttons=[{"id": "1", "text": MARKUP[:80]}])
    await expect(bell.toasts.locator("[part=heading]")).to_have_text(MARKUP)
    await bell.opened()
    await bell.shows(MARKUP)
    await expect(bell.part("content")).to_have_text(MARKUP)
    await expect(bell.part("action")).to_have_text(MARKUP[:80])
    await expect(bell.element.locator("b, script, img")).to_have_count(0)
    assert dialogs == []


@pytest.mark.parametrize("url", UNSAFE)
async def test_unsafe_addresses_are_not_followed(site: Site, bell_of: Show, url: str) -> None:
    await site.push(
        "one",
        payload={"path": url},
        image_url=url,
        buttons=[{"id": "1", "text": "Press", "icon": url}],
    )
    bell = await bell_of()
    await bell.opened()
    await expect(bell.element.locator("a, img")).to_have_count(0)
    await bell.entry("one").locator("[part=open]").click()
    await expect(bell.pending).to_have_count(0)
    (told,) = await bell.told("tidings-open")
    assert told["url"] is None
    assert bell.page.url.startswith(f"{site.url}/page")


@pytest.mark.parametrize(
    "path", ["/orders/7", "orders/7", "https://example.com/orders/7", "//example.com"]
)
async def test_addresses_of_pages_are_links(site: Site, bell_of: Show, path: str) -> None:
    await site.push("one", payload={"path": path})
    bell = await bell_of()
    await bell.opened()
    expected = await bell.page.evaluate("path => new URL(path, document.baseURI).href", path)
    await expect(bell.entry("one").get_by_role("link")).to_have_attribute("href", expected)


async def test_images_and_icons_of_the_web_are_shown(site: Site, bell_of: Show) -> None:
    face = "/files/face.svg"
    await site.push("one", image_url=face, buttons=[{"id": "1", "text": "Press", "icon": face}])
    await site.push(
        "two",
        image_url="/files/missing.png",
        buttons=[{"id": "1", "text": "Press", "icon": "trash"}],
    )
    bell = await bell_of()
    await bell.opened()
    await bell.shows("two", "one")
    await expect(bell.entry("one").locator("img")).to_have_count(2)
    await expect(bell.entry("two").locator("img")).to_have_count(
        0
    )  # one is missing, one no address
