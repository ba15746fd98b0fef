"""A bell shows what there is and what comes, over every transport."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, expect

from http_plugin.browser.bells import Show, shown
from http_plugin.browser.site import USER, Site


async def test_it_shows_what_there_is(site: Site, show: Show) -> None:
    await site.push("Build passed")
    await site.push("Deployed")
    bell = await show()
    await bell.counts("2")
    await bell.opened()
    await bell.shows("Deployed", "Build passed")


async def test_it_shows_at_once_what_comes(site: Site, show: Show) -> None:
    bell = await show()
    await bell.counts(None)
    await site.push("Build passed")
    await bell.counts("1")
    await bell.opened()
    await bell.shows("Build passed")
    await site.push("Deployed")
    await bell.shows("Deployed", "Build passed")


async def test_a_laravel_echo_will_do(site: Site, device: BrowserContext) -> None:
    await site.push("Build passed")
    bell = await shown(site, device, "echo")
    await site.push("Deployed")
    await bell.opened()
    await bell.shows("Deployed", "Build passed")


async def test_what_others_are_told_is_not_shown(site: Site, show: Show) -> None:
    bell = await show()
    await site.push("For Bob", user="bob")
    await site.push("For Ann")
    await bell.opened()
    await bell.shows("For Ann")


async def test_two_tabs_are_alike(site: Site, show: Show) -> None:
    for heading in ("one", "two", "three"):
        await site.push(heading)
    one, other = await show(), await show()
    await one.opened()
    await other.counts(None)  # for they were seen in the other tab
    await other.opened()
    await one.entry("two").locator("[part=archive]").click()
    await other.shows("three", "one")
    await other.entry("one").locator("[part=open]").click()
    await expect(one.pending).to_have_text(["three"])
    await site.push("four")
    for tab in (one, other):
        await tab.shows("four", "three", "one")


async def test_a_device_elsewhere_is_followed(site: Site, show: Show) -> None:
    await site.push("one", id="n1")
    await site.push("two", id="n2")
    bell = await show()
    await bell.opened()
    inbox = site.tidings.inbox(USER)
    await inbox.open("n1")
    await expect(bell.pending).to_have_text(["two"])
    await inbox.delete("n2")
    await bell.shows("one")
    await inbox.unopen("n1")
    await expect(bell.pending).to_have_text(["one"])


@pytest.mark.parametrize("transport", ["websocket", "sse"])  # Pusher's protocol cannot tell it
async def test_what_was_erased_is_shown_no_more(site: Site, show: Show) -> None:
    await site.push("one")
    bell = await show()
    await bell.opened()
    await bell.shows("one")
    await site.tidings.forget(USER)
    await expect(bell.part("empty")).to_be_visible()
    await site.push("two")
    await bell.shows("two")


async def test_older_pages_come_as_one_scrolls(site: Site, show: Show) -> None:
    for number in range(45):
        await site.push(f"number {number:02}")
    bell = await show(limit="20")
    await bell.opened()
    await expect(bell.entries).to_have_count(20)
    await bell.entries.last.scroll_into_view_if_needed()
    await expect(bell.entries).to_have_count(40)
    await bell.entries.last.scroll_into_view_if_needed()
    await bell.shows(*(f"number {number:02}" for number in reversed(range(45))))
    await expect(bell.part("more")).to_be_hidden()


async def test_a_list_grows_by_scrolling_alone(site: Site, bell_of: Show) -> None:
    bell = await bell_of(limit="20")
    await bell.opened()
    for number in range(50):
        await site.push(f"number {number:02}")
    await expect(bell.headings.first).to_have_text("number 49")
    await expect(bell.entries).to_have_count(20)
    while await bell.entries.count() < 50:
        await bell.entries.last.scroll_into_view_if_needed()
    await bell.shows(*(f"number {number:02}" for number in reversed(range(50))))


async def test_pending_ones_can_come_first(site: Site, show: Show) -> None:
    for name in ("a", "b", "c", "d"):
        await site.push(f"number {name}", id=name)
    await site.tidings.inbox(USER).open("b", "d")
    bell = await show(order="pending", limit="3")
    await bell.opened()
    await bell.entries.last.scroll_into_view_if_needed()
    await bell.shows("number c", "number a", "number d", "number b")
    await site.tidings.inbox(USER).open("c")
    await bell.shows("number a", "number d", "number c", "number b")
    await site.tidings.inbox(USER).unopen("b")
    await bell.shows("number b", "number a", "number d", "number c")


@pytest.mark.parametrize(("pushed", "badge"), [(99, "99"), (100, "99+")])
async def test_the_badge_has_two_digits_at_most(
    site: Site, bell_of: Show, pushed: int, badge: str
) -> None:
    for number in range(pushed):
        await site.push(f"number {number}")
    bell = await bell_of()
    await bell.counts(badge)
