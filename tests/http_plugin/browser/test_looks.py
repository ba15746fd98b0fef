"""How a bell looks and speaks, and what of that is the page's choice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import BrowserContext, expect

from http_plugin.browser.axe import Scheme
from http_plugin.browser.bells import Bell, Show, attributes
from http_plugin.browser.site import Site

BACKGROUND = "element => getComputedStyle(element).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(28, 31, 38)"


@pytest.mark.parametrize(
    ("system", "theme", "colour"),
    [
        ("dark", "", DARK),
        ("dark", "light", LIGHT),
        ("light", "dark", DARK),
        ("dark", "page", LIGHT),
    ],
)
async def test_it_is_as_dark_as_wanted(
    bell_of: Show, system: Scheme, theme: str, colour: str
) -> None:
    bell = await bell_of(theme=theme)
    await bell.page.emulate_media(color_scheme=system)
    await bell.opened()
    assert await bell.panel.evaluate(BACKGROUND) == colour


async def test_it_runs_from_right_to_left(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    page = await device.new_page()
    await page.goto(site.page(attributes(site, "sse"), lang="ar", dir="rtl"))
    bell = Bell(page)
    await bell.opened()
    await bell.shows("one")
    heading, archive = bell.headings.first, bell.part("archive").first
    left, right = await archive.bounding_box(), await heading.bounding_box()
    assert left
    assert right
    assert left["x"] < right["x"]
    panel = await bell.panel.bounding_box()
    assert panel
    assert panel["x"] >= 0


async def test_nothing_moves_for_who_wants_no_motion(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.page.emulate_media(reduced_motion="reduce")
    await site.push("one")
    await expect(bell.toasts).to_have_count(1)
    assert await bell.toasts.evaluate("toast => getComputedStyle(toast).animationName") == "none"


async def test_the_panel_stays_on_the_screen(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.page.set_viewport_size({"width": 320, "height": 480})
    await bell.page.add_style_tag(url="/files/start.css")
    for number in range(20):
        await site.push(f"number {number}", content="A longer text. " * 20)
    await bell.opened()
    await expect(bell.entries).to_have_count(20)
    box = await bell.panel.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 480


async def test_colours_and_sizes_are_the_pages_to_set(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.page.add_style_tag(url="/files/themed.css")
    await site.push("one")
    await bell.counts("1")
    assert await bell.badge.evaluate(BACKGROUND) == "rgb(0, 100, 0)"
    await bell.opened()
    assert await bell.panel.evaluate(BACKGROUND) == "rgb(255, 250, 240)"
    box = await bell.panel.bounding_box()
    assert box
    assert box["width"] == 300
    size = "heading => getComputedStyle(heading).fontSize"
    assert await bell.part("title").evaluate(size) == "30px"


async def test_texts_are_the_pages_to_set(site: Site, bell_of: Show) -> None:
    bell = await bell_of(
        text_title="Nachrichten",
        text_unseen="{count} neue",
        text_archive="Weglegen",
        text_open_all="Alle gelesen",
    )
    await site.push("eins")
    await expect(bell.button).to_have_accessible_name("Nachrichten, 1 neue")
    await bell.opened()
    await expect(bell.part("title")).to_have_text("Nachrichten")
    await expect(bell.part("all")).to_have_text("Alle gelesen")
    await expect(bell.part("archive")).to_have_accessible_name("Weglegen: eins")
    await bell.element.evaluate("bell => bell.setAttribute('text-title', 'Neues')")
    await expect(bell.part("title")).to_have_text("Neues")
    await expect(bell.button).to_have_accessible_name("Neues")


async def test_slots_are_the_pages_to_fill(site: Site, device: BrowserContext) -> None:
    page = await device.new_page()
    filled = (
        "<em slot=empty>All done</em><a slot=footer href='/all'>See all</a>"
        "<span slot=icon>@</span><span slot=title>News</span>"
    )
    await page.goto(site.page({**attributes(site, "sse"), "": filled}))
    bell = Bell(page)
    await bell.live()
    await bell.opened()
    await expect(page.get_by_text("All done")).to_be_visible()
    await expect(page.get_by_role("link", name="See all")).to_be_visible()
    await expect(page.get_by_role("dialog", name="News")).to_be_visible()
    await expect(bell.button.locator("svg")).to_be_hidden()


async def test_it_says_how_long_ago(site: Site, bell_of: Show) -> None:
    for age in (
        timedelta(days=800),
        timedelta(days=15),
        timedelta(days=1),
        timedelta(hours=3),
        timedelta(minutes=5),
        timedelta(seconds=20),
        timedelta(hours=-1),  # by another clock
    ):
        await site.push("one", created_at=datetime.now(UTC) - age)
    bell = await bell_of()
    await bell.opened()
    said = ["now", "now", "5 min. ago", "3 hr. ago", "yesterday", "2 wk. ago", "2 yr. ago"]
    await expect(bell.part("time")).to_have_text(said)


async def test_it_says_so_in_the_pages_language(site: Site, device: BrowserContext) -> None:
    await site.push("eins", created_at=datetime.now(UTC) - timedelta(days=1))
    page = await device.new_page()
    await page.goto(site.page(attributes(site, "sse"), lang="de"))
    bell = Bell(page)
    await bell.opened()
    await expect(bell.part("time")).to_have_text("gestern")


@pytest.mark.clocked
async def test_times_go_on_while_it_is_open(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.page.clock.install()
    await site.push("one", created_at=datetime.now(UTC))
    await bell.opened()
    await expect(bell.part("time")).to_have_text("now")
    await bell.page.clock.fast_forward("02:00")
    await expect(bell.part("time")).to_have_text("2 min. ago")
