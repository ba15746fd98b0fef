"""docs/tutorial.md, from its page with a bell on: what a reader does, and what they see."""

from __future__ import annotations

import asyncio
import shlex
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from docs.blocks import blocks
from docs.example_server import EXAMPLES, running
from docs.screenshots import DOCS, PICTURES, TUTORIAL, tutorial
from docs.test_pages import reader_environment
from http_plugin.browser.chromium import chromium

pytestmark = pytest.mark.timeout(120)  # two servers, one browser and a command, on a busy machine

PAGE = DOCS / "tutorial.md"
PATIENCE = 15_000.0
MOST = 100_000


def commands(word: str) -> list[list[str]]:
    """Return the commands of the page that begin with a word."""
    lines = "".join(block.text for block in blocks(PAGE)).splitlines()
    return [shlex.split(line.removeprefix("$ ")) for line in lines
            if line.removeprefix("$ ").startswith(word)]  # fmt: skip


async def device(browser: Browser, url: str) -> Page:
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(url)
    await expect(page.locator("[part=button]")).to_be_visible()
    return page


async def counts(page: Page, number: str) -> None:
    """Wait until the bell says this of what has not been on a screen."""
    await expect(page.locator("[part=badge]")).to_have_text(number, timeout=PATIENCE)


async def unread(page: Page, number: int) -> None:
    """Wait until so many entries of the open list are unread."""
    await expect(page.locator("[part~=pending]")).to_have_count(number, timeout=PATIENCE)


async def test_a_bell_outlives_a_restart_and_is_alike_on_two_devices(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(EXAMPLES / "tutorial", folder)
    (serve,) = commands("uvicorn")
    async with chromium() as browser:
        async with running(str(folder), tmp_path, *serve, "--port", "0") as url:
            laptop = await device(browser, url)
            await laptop.get_by_role("button", name="Order a lamp").click()
            await counts(laptop, "1")
            await laptop.locator("[part=button]").click()
        await expect(laptop.locator("[part~=offline]")).to_be_visible(timeout=PATIENCE)

        port = str(urlsplit(url).port)
        async with running(str(folder), tmp_path, *serve, "--port", port) as url:
            await expect(laptop.locator("[part~=offline]")).to_be_hidden(timeout=PATIENCE)
            phone = await device(browser, url)
            await phone.get_by_role("button", name="Order a lamp").click()
            await unread(laptop, 2)
            await phone.locator("[part=button]").click()
            await laptop.locator("[part~=entry] [part=open]").last.click()
            await unread(phone, 1)

            await phone.locator("[part=button]").click()
            await push_from_elsewhere(folder)
            await unread(laptop, 2)
            await tutorial(laptop, tmp_path / TUTORIAL)
    assert (tmp_path / TUTORIAL).stat().st_size < MOST
    assert (PICTURES / TUTORIAL).stat().st_size < MOST
    assert f"(pictures/{TUTORIAL})" in PAGE.read_text("utf-8")


async def push_from_elsewhere(folder: Path) -> None:
    (push,) = commands("tidings push")
    process = await asyncio.create_subprocess_exec(*push, cwd=folder, env=reader_environment())
    assert await process.wait() == 0
