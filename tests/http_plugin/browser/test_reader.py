"""What a reader does with a bell: by pointer and by keys; what the page may make of it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from http_plugin.browser.bells import Bell, Show
from http_plugin.browser.site import USER, Site
from tidings import Page


async def states(site: Site) -> dict[str, str]:
    """Return how each entry of Ann's inbox stands."""
    page: Page = await site.tidings.inbox(USER).page()
    return {
        entry.notification.heading: " ".join(
            state for state in ("opened", "seen", "archived") if getattr(entry, state)
        )
        for entry in page.entries
    }


async def stands(site: Site, **expected: str) -> None:
    """Wait until Ann's inbox is so."""
    async with asyncio.timeout(10):
        while await states(site) != expected:  # noqa: ASYNC110 (the store tells nobody)
            await asyncio.sleep(0.01)


async def test_opening_the_list_marks_what_is_in_it_as_seen(site: Site, show: Show) -> None:
    await site.push("one")
    bell = await show()
    await bell.counts("1")
    await bell.opened()
    await bell.counts(None)
    await stands(site, one="seen")
    await site.push("two")  # is seen as it comes
    await stands(site, one="seen", two="seen")


async def test_an_entry_is_opened_by_a_click(site: Site, show: Show) -> None:
    await site.push("one")
    bell = await show()
    await bell.opened()
    await bell.entry("one").locator("[part=open]").click()
    await expect(bell.pending).to_have_count(0)
    await stands(site, one="opened seen")


async def test_all_are_opened_at_once(site: Site, show: Show) -> None:
    for heading in ("one", "two", "three"):
        await site.push(heading)
    bell = await show(limit="2")
    await bell.opened()
    await bell.part("all").click()
    await expect(bell.pending).to_have_count(0)
    await expect(bell.part("all")).to_be_hidden()
    await stands(site, one="opened seen", two="opened seen", three="opened seen")


async def test_an_entry_is_archived(site: Site, show: Show) -> None:
    await site.push("one")
    await site.push("two")
    bell = await show()
    await bell.opened()
    await bell.entry("one").get_by_role("button", name="Archive: one").click()
    await bell.shows("two")
    await stands(site, one="seen archived", two="seen")


async def test_a_change_that_fails_is_taken_back(site: Site, show: Show) -> None:
    await site.push("one")
    await site.push("two")
    bell = await show()
    await bell.opened()
    site.refused["/inbox/archive"] = 503
    await bell.entry("one").locator("[part=archive]").click()
    await expect(bell.part("notice")).to_have_text("That could not be saved, and was undone.")
    await bell.shows("two", "one")
    (told,) = await bell.told("tidings-error")
    assert told["change"] == "archive"
    del site.refused["/inbox/archive"]
    await bell.entry("one").locator("[part=archive]").click()
    await bell.shows("two")
    await expect(bell.part("notice")).to_be_empty()


async def test_a_change_shows_before_the_server_has_it(site: Site, bell_of: Show) -> None:
    await site.push("one")
    bell = await bell_of()
    await bell.opened()
    async with site.holding("/inbox/open"):
        await bell.entry("one").locator("[part=open]").click()
        await expect(bell.pending).to_have_count(0)
        assert await states(site) == {"one": "seen"}
    await stands(site, one="opened seen")


async def test_keys_do_it_all(site: Site, bell_of: Show) -> None:
    for heading in ("one", "two", "three"):
        await site.push(heading)
    bell = await bell_of()
    keys = bell.page.keyboard
    await bell.button.focus()
    await keys.press("Enter")
    await expect(bell.panel).to_be_focused()
    await keys.press("Tab")
    await expect(bell.part("all")).to_be_focused()
    await keys.press("Tab")
    await focused(bell, "three")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await focused(bell, "one")
    await keys.press("Home")
    await focused(bell, "three")
    await keys.press("Delete")
    await bell.shows("two", "one")
    await focused(bell, "two")  # what stands where it stood
    await keys.press("Enter")
    await expect(bell.pending).to_have_text(["one"])
    await focused(bell, "two")
    await keys.press("Escape")
    await expect(bell.panel).to_be_hidden()
    await expect(bell.button).to_be_focused()


async def test_the_focus_stays_where_it_is_as_others_come(site: Site, bell_of: Show) -> None:
    await site.push("one")
    bell = await bell_of()
    await bell.opened()
    await bell.entry("one").locator("[part=open]").focus()
    await site.push("two")
    await bell.shows("two", "one")
    await focused(bell, "one")


async def focused(bell: Bell, heading: str) -> None:
    """Wait until an entry has the focus."""
    await expect(bell.entry(heading).locator("[part=open]")).to_be_focused()


@pytest.mark.parametrize("way", ["click", "tab"])
async def test_it_closes_when_one_goes_elsewhere(site: Site, bell_of: Show, way: str) -> None:
    bell = await bell_of()
    await bell.opened()
    if way == "click":
        await bell.page.locator("h1").click()
    else:
        await bell.page.locator("#elsewhere").focus()
    await expect(bell.panel).to_be_hidden()
    toggles = await bell.told("tidings-toggle")
    assert [told["open"] for told in toggles] == [True, False]


async def test_a_path_is_gone_to_once_it_is_opened(site: Site, bell_of: Show) -> None:
    await site.push("one", payload={"path": "/files/face.svg?order=7"})
    bell = await bell_of()
    await bell.opened()
    await bell.entry("one").locator("[part=open]").click()
    await bell.page.wait_for_url("**/files/face.svg?order=7")
    await stands(site, one="opened seen")


async def test_the_page_may_go_there_itself(site: Site, bell_of: Show) -> None:
    await site.push("one", payload={"path": "/orders/7", "data": {"order": 7}})
    bell = await bell_of()
    await bell.page.evaluate("prevented.add('tidings-open')")
    await bell.opened()
    await bell.entry("one").locator("[part=open]").click()
    await stands(site, one="opened seen")
    (told,) = await bell.told("tidings-open")
    assert told["url"] == f"{site.url}/orders/7"
    assert told["entry"]["notification"]["payload"]["data"] == {"order": 7}
    assert bell.page.url.startswith(f"{site.url}/page")


async def test_a_button_is_the_pages_to_act_on(site: Site, bell_of: Show) -> None:
    await site.push("one", buttons=[{"id": "pay", "text": "Pay"}, {"id": "later", "text": "Later"}])
    bell = await bell_of()
    await bell.opened()
    await bell.entry("one").get_by_role("button", name="Pay").click()
    await stands(site, one="opened seen")
    (told,) = await bell.told("tidings-button")
    assert told["button"] == {"id": "pay", "text": "Pay"}


async def test_a_button_the_page_prevents_opens_nothing(site: Site, bell_of: Show) -> None:
    await site.push("one", buttons=[{"id": "pay", "text": "Pay"}])
    bell = await bell_of()
    await bell.page.evaluate("prevented.add('tidings-button')")
    await bell.opened()
    await bell.entry("one").get_by_role("button", name="Pay").click()
    await bell.entry("one").locator("[part=archive]").click()  # is carried out behind it
    await stands(site, one="seen archived")
