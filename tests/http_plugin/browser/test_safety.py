"""Notifications are texts from anywhere: none becomes markup, script or a way to one."""

from __future__ import annotations

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


async def test_unsafe_addresses_are_not_followed(site: Site, bell_of: Show) -> None:
    for number, url in enumerate(UNSAFE):
        icon = {"id": "1", "text": "Press", "icon": url}
        await site.push(f"number {number}", payload={"path": url}, image_url=url, buttons=[icon])
    bell = await bell_of()
    await bell.opened()
    await expect(bell.entries).to_have_count(len(UNSAFE))
    await expect(bell.element.locator("a, img")).to_have_count(0)
    for number in range(len(UNSAFE)):
        await bell.entry(f"number {number}").locator("[part=open]").click()
    await expect(bell.pending).to_have_count(0)
    assert [told["url"] for told in await bell.told("tidings-open")] == [None] * len(UNSAFE)
    assert bell.page.url.startswith(f"{site.url}/page")


async def test_addresses_of_pages_are_links(site: Site, bell_of: Show) -> None:
    paths = ("/orders/7", "orders/7", "https://example.com/7", "//example.com")
    for path in paths:
        await site.push(path, payload={"path": path})
    bell = await bell_of()
    await bell.opened()
    hrefs = [f"{site.url}/orders/7"] * 2 + ["https://example.com/7", "http://example.com/"]
    for path, href in zip(paths, hrefs, strict=True):
        link = bell.element.get_by_role("link").filter(has=bell.page.get_by_text(path, exact=True))
        await expect(link).to_have_attribute("href", href)


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
