"""What comes is shown for a moment."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from http_plugin.browser.bells import Show
from http_plugin.browser.site import Site


@pytest.mark.clocked
async def test_a_new_one_is_shown_for_a_moment(site: Site, show: Show) -> None:
    await site.push("of old")
    bell = await show()
    await bell.page.clock.install()
    await site.push("Build passed", content="All of it")
    await expect(bell.toasts.locator("[part=heading]")).to_have_text(["Build passed"])
    await expect(bell.element.locator("[role=status]")).to_have_text("Build passed")
    await bell.page.clock.fast_forward(6_000)
    await expect(bell.toasts).to_have_count(0)
    await bell.counts("2")


@pytest.mark.clocked
async def test_it_stays_while_one_points_at_it(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.page.clock.install()
    await site.push("Build passed")
    await bell.toasts.hover()
    await bell.page.clock.fast_forward(60_000)
    await expect(bell.toasts).to_have_count(1)
    await bell.toasts.get_by_role("button", name="Dismiss").click()
    await expect(bell.toasts).to_have_count(0)


async def test_it_opens_what_it_shows(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.page.evaluate("prevented.add('tidings-open')")
    await site.push("Build passed", payload={"path": "/builds/7"})
    await bell.toasts.locator("[part=open]").click()
    await bell.counts(None)
    (told,) = await bell.told("tidings-open")
    assert told["url"] == f"{site.url}/builds/7"


async def test_three_at_most_are_shown(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    for number in range(5):
        await site.push(f"number {number}")
    await expect(bell.toasts.locator("[part=heading]")).to_have_text(
        ["number 2", "number 3", "number 4"]
    )


async def test_there_is_none_where_the_page_wants_none(site: Site, bell_of: Show) -> None:
    silent, prevented, opened = await bell_of(toast="off"), await bell_of(), await bell_of()
    await prevented.page.evaluate("prevented.add('tidings-notification')")
    await opened.opened()
    await site.push("Build passed")
    await opened.shows("Build passed")
    for bell in (silent, prevented):
        await bell.until("() => told.some((each) => each.name === 'tidings-notification')")
        await expect(bell.toasts).to_have_count(0)
