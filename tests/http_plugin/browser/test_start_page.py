"""A newcomer on the start page: pushed once it shows on both devices, read on one it is on both."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, FrameLocator, Locator, Page, expect

from http_plugin.browser.axe import SCHEMES, Scheme, faults
from http_plugin.browser.bells import PATIENCE
from http_site import Site, site

expect.set_options(timeout=PATIENCE)

PUSHING = 'tidings push --to {user} --heading "It works"'
ODD = "o'neil & söhne"


@pytest.fixture
async def here() -> AsyncIterator[Site]:
    """Give a site for a first try."""
    async with site("beside") as here:
        here.front.welcome(["ann", ODD], PUSHING)
        yield here


async def opened(here: Site, device: BrowserContext) -> Page:
    """Open the page; both devices are there once their bells are."""
    page = await device.new_page()
    await page.goto(f"http://127.0.0.1:{here.port}/")
    return page


def screen(page: Page, name: str) -> FrameLocator:
    """Return what a device shows."""
    return page.frame_locator(f'iframe[title="{name}"]')


def part(page: Page, name: str, part: str) -> Locator:
    """Return parts of the bell of a device."""
    return screen(page, name).locator(f"tidings-bell [part~={part}]")


async def both_hear(here: Site) -> None:
    """Wait until both devices listen."""
    async with asyncio.timeout(PATIENCE / 1000):
        while True:
            state = (await here.get("/console/state", "ops")).json()
            if [front["connections"] for front in state["fronts"]] == [1, 1]:
                return
            await asyncio.sleep(0.01)


async def test_what_is_pushed_shows_on_both_and_what_is_read_on_one_is_read_on_both(
    here: Site, device: BrowserContext
) -> None:
    page = await opened(here, device)
    await both_hear(here)
    await page.get_by_role("button", name="Push a notification").click()
    await expect(page.get_by_role("status")).to_have_text("“It works” was stored for ann, at 1.")
    for name in ("Laptop", "Phone"):
        await expect(part(page, name, "badge")).to_have_text("1")
        await expect(part(page, name, "toast")).to_contain_text("It works")
    for name in ("Laptop", "Phone"):
        await part(page, name, "button").click()
        await expect(part(page, name, "pending")).to_have_count(1)
    await part(page, "Laptop", "open").click()
    for name in ("Laptop", "Phone"):
        await expect(part(page, name, "pending")).to_have_count(0)
        await expect(part(page, name, "badge")).to_be_hidden()


async def test_the_line_to_copy_pushes(here: Site, device: BrowserContext) -> None:
    await device.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await opened(here, device)
    await page.get_by_label("Be another").select_option(ODD)
    lines = page.locator("#lines code")
    await expect(lines.first).to_contain_text("tidings push --to 'o'\\''neil & söhne'")
    await page.get_by_role("button", name="Copy: curl").click()
    await expect(page.get_by_role("button", name="Copy: curl")).to_have_text("Copied")
    curl, flag, body, url = shlex.split(await page.evaluate("() => navigator.clipboard.readText()"))
    assert (curl, flag) == ("curl", "--json")

    headers = {"content-type": "application/json"}
    async with httpx.AsyncClient() as client:
        assert (await client.post(url, content=body, headers=headers)).status_code == 200
    for name in ("Laptop", "Phone"):
        await expect(part(page, name, "badge")).to_have_text("1")


async def test_one_can_be_another_user(here: Site, device: BrowserContext) -> None:
    await here.push(1, user=ODD)
    page = await opened(here, device)
    await both_hear(here)
    await page.get_by_label("Be another").select_option(ODD)
    await expect(page.get_by_role("heading", name=f"Two devices of {ODD}")).to_be_visible()
    for name in ("Laptop", "Phone"):
        await part(page, name, "button").click()
        await expect(part(page, name, "entry")).to_have_count(1)


async def test_where_there_is_a_key_of_ones_own_it_says_how_to_make_a_token(
    here: Site, device: BrowserContext
) -> None:
    here.front.welcome([], PUSHING)
    await here.push(1)
    page = await opened(here, device)
    await expect(page.get_by_text("tidings token ann")).to_be_visible()
    await expect(page.locator("iframe")).to_have_count(0)
    proof = here.bearer("ann")["authorization"].removeprefix("Bearer ")
    await page.get_by_label("Token", exact=True).fill(proof)
    await page.get_by_role("button", name="Show the inbox").click()
    for name in ("Laptop", "Phone"):
        await expect(part(page, name, "badge")).to_have_text("1")
    await expect(page.get_by_role("button", name="Push a notification")).to_be_hidden()
    assert proof not in page.url


async def test_from_elsewhere_it_says_where_to_open_it(here: Site, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(f"http://another.localhost:{here.port}/")  # leads here, as any such name
    await expect(page.get_by_text("only from its own machine")).to_be_visible()
    await expect(page.locator("iframe")).to_have_count(0)


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_axe_finds_nothing(
    here: Site, device: BrowserContext, node_modules: Path, scheme: Scheme
) -> None:
    page = await opened(here, device)
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await both_hear(here)
    await here.push(1)
    await expect(part(page, "Phone", "toast")).to_have_count(1)
    for frame in page.frames:
        assert await faults(frame, node_modules) == []
    here.front.welcome([], None)
    await page.reload()
    await expect(page.get_by_label("Token", exact=True)).to_be_visible()
    assert await faults(page, node_modules) == []


async def test_nothing_is_cut_off_on_a_small_screen(here: Site, device: BrowserContext) -> None:
    page = await opened(here, device)
    await page.set_viewport_size({"width": 320, "height": 640})
    await both_hear(here)
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 320
