"""What a bell says where there is nothing to show, not yet, or not any more."""

from __future__ import annotations

from playwright.async_api import BrowserContext, expect

from http_plugin.browser.bells import Bell, Show, attributes
from http_plugin.browser.site import USER, Site


async def placed(site: Site, device: BrowserContext, **more: str) -> Bell:
    """Show a bell that may not become live."""
    page = await device.new_page()
    await page.goto(site.page(attributes(site, "sse", **more)))
    return Bell(page)


async def test_an_empty_inbox_is_said_to_be(bell_of: Show) -> None:
    bell = await bell_of()
    await bell.opened()
    await expect(bell.part("empty")).to_have_text("Nothing here yet")
    await expect(bell.part("all")).to_be_hidden()


async def test_it_says_that_it_loads(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    async with site.holding("/inbox"):
        bell = await placed(site, device)
        await bell.opened()
        await expect(bell.part("loading")).to_have_text("Loading…")
        await expect(bell.part("empty")).to_be_hidden()
    await bell.shows("one")
    await expect(bell.part("loading")).to_be_hidden()


async def test_a_server_that_fails_is_asked_again(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    site.refused["/inbox"] = 503
    bell = await placed(site, device)
    await bell.opened()
    await expect(bell.part("offline")).to_have_text("No connection. Trying again…")
    await expect(bell.part("loading")).to_be_hidden()
    site.refused.clear()
    await bell.shows("one")
    await expect(bell.part("offline")).to_be_hidden()


async def test_who_is_refused_can_try_again(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    bell = await placed(site, device, token="forged")
    await bell.opened()
    await expect(bell.part("failed")).to_contain_text("Notifications cannot be shown.")
    *_, told = await bell.told("tidings-status")
    assert told["status"] == "failed"
    await bell.element.evaluate("(bell, token) => bell.setAttribute('token', token)", site.token())
    await bell.shows("one")
    await expect(bell.part("failed")).to_be_hidden()


async def test_trying_again_is_a_buttons_work(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    site.refused["/inbox"] = 403
    bell = await placed(site, device)
    await bell.opened()
    await expect(bell.part("failed")).to_be_visible()
    site.refused.clear()
    await bell.part("retry").click()
    await bell.shows("one")


async def test_an_older_page_that_fails_is_asked_for_once(site: Site, bell_of: Show) -> None:
    for number in range(30):
        await site.push(f"number {number}")
    bell = await bell_of(limit="20")
    site.refused["/inbox"] = 503
    await bell.opened()
    await bell.part("more").scroll_into_view_if_needed()
    await bell.until("() => told.some((each) => each.name === 'tidings-error')")
    await expect(bell.part("more")).to_be_visible()
    site.refused.clear()
    assert len(await bell.told("tidings-error")) == 1
    await bell.part("more").click()
    await expect(bell.entries).to_have_count(30)


async def test_a_bell_without_its_pusher_waits_for_it(site: Site, device: BrowserContext) -> None:
    bell = await placed(site, device)
    await bell.live()
    await bell.element.evaluate("bell => bell.setAttribute('transport', 'pusher')")
    await bell.until("bell => bell.client === null")
    await bell.element.evaluate("bell => bell.setAttribute('transport', 'websocket')")
    await bell.live()


async def test_what_was_set_before_it_was_defined_holds(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    page = await device.new_page()
    given = attributes(site, "pusher")  # it would wait
    await page.goto(site.page(given, module="/files/early.js"))
    bell = Bell(page)
    await bell.live()
    await bell.counts("1")


async def test_one_that_is_moved_goes_on(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.element.evaluate("bell => document.querySelector('main').append(bell)")
    await site.push("one")
    await bell.counts("1")
    await bell.opened()
    await bell.shows("one")
    await bell.element.evaluate("bell => bell.remove()")


async def test_the_channel_of_another_is_refused(site: Site, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(site.page({**attributes(site, "pusher"), "user": "bob"}))
    bell = Bell(page)
    await bell.status("failed")
    await site.push("For Bob", user="bob")
    await bell.opened()
    await expect(bell.part("failed")).to_be_visible()
    await expect(bell.entries).to_have_count(0)


async def test_a_page_is_told_of_both_counts(site: Site, bell_of: Show) -> None:
    await site.push("one", id="n1")
    bell = await bell_of()
    await bell.counts("1")
    inbox = site.tidings.inbox(USER)
    await inbox.see("n1")
    await bell.counts(None)
    await inbox.open("n1")
    await bell.until("() => told.at(-1).name === 'tidings-counts' && !told.at(-1).detail.pending")
    assert await bell.told("tidings-counts") == [
        {"pending": 1, "unseen": 1},
        {"pending": 1, "unseen": 0},
        {"pending": 0, "unseen": 0},
    ]
