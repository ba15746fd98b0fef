"""Makes the pictures of README.md and docs/: `cd tests && uv run python -m docs.screenshots`.

They show real pages of a real server in a real browser, with an inbox as somebody might have one.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import sin
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Browser, Page, expect
from websockets.asyncio.client import ClientConnection, connect

from docs.example_server import EXAMPLES, running
from http_plugin.browser.chromium import chromium
from http_site import Site, site
from tidings import Notification

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "pictures"
START, CONSOLE, TUTORIAL = "start-page.png", "console.png", "tutorial.png"

_WIDTH = 1000


async def make(folder: Path, seconds: int) -> Sequence[Path]:
    """Write the pictures; return where they are. The console looks on for so many seconds."""
    async with chromium() as browser, site("beside") as here:
        here.front.welcome(["ann"], None)
        await _start_page(here, browser, folder / START)
        await _console(here, browser, folder / CONSOLE, seconds)
    return folder / START, folder / CONSOLE


async def make_tutorial(file: Path) -> None:
    """Run the tutorial's application and write its picture."""
    with TemporaryDirectory() as new:
        folder = Path(new) / "shop"
        shutil.copytree(EXAMPLES / "tutorial", folder)
        command = ("uvicorn", "app:app", "--port", "0")
        async with chromium() as browser, running(str(folder), Path(new), *command) as url:
            page = await browser.new_page()
            await page.goto(url)
            for number in ("1", "2"):
                await page.get_by_role("button", name="Order a lamp").click()
                await expect(page.locator("[part=badge]")).to_have_text(number)
            await page.locator("[part=button]").click()
            await page.locator("[part~=entry] [part=open]").last.click()
            await expect(page.locator("[part~=pending]")).to_have_count(1)
            await tutorial(page, file)


async def tutorial(page: Page, file: Path) -> None:
    """Take the picture of the tutorial's page, whose bell is open."""
    before = page.viewport_size
    await page.set_viewport_size({"width": 720, "height": 400})
    await page.mouse.move(0, 0)
    for toast in await page.locator("[part=dismiss]").all():
        await toast.click()
    await page.screenshot(path=file, animations="disabled", caret="hide")
    if before is not None:
        await page.set_viewport_size(before)


async def _start_page(here: Site, browser: Browser, file: Path) -> None:
    await _fill(here)
    page = await browser.new_page(viewport={"width": _WIDTH, "height": 900})
    await page.goto(f"http://127.0.0.1:{here.port}/")
    laptop, phone = (page.frame_locator("iframe").nth(number) for number in (0, 1))
    for device in (laptop, phone):
        await expect(device.locator("[part=badge]")).to_have_text("3")
    await here.tidings.push("ann", Notification(heading="Lunch is ready", content="Soup today."))
    for device in (laptop, phone):
        await expect(device.locator("[part=badge]")).to_have_text("4")
    for device in (laptop, phone):
        await device.locator("[part=button]").click()
        await expect(device.locator("[part~=entry]")).to_have_count(5)
    await laptop.get_by_text("Bob mentioned you").click()
    await expect(phone.locator("[part~=pending]")).to_have_count(3)
    await page.mouse.move(0, 0)
    await _taken(page, file, until="#devices")
    await page.close()


async def _fill(here: Site) -> None:
    for ago, fields in (
        (timedelta(days=1), {"heading": "Welcome aboard", "id": "welcome"}),
        (timedelta(hours=3), {"heading": "Build 412 passed", "content": "main, in 3 min 12 s"}),
        (timedelta(minutes=26), {"heading": "Bob mentioned you", "content": "“Is this final?”"}),
        (
            timedelta(minutes=4),
            {
                "heading": "A deploy waits for you",
                "buttons": [{"id": "yes", "text": "Approve"}, {"id": "no", "text": "Reject"}],
            },
        ),
    ):
        given: dict[str, Any] = {**fields, "created_at": datetime.now(UTC) - ago}
        await here.tidings.push("ann", Notification(**given))
    await here.tidings.inbox("ann").open("welcome")


async def _console(here: Site, browser: Browser, file: Path, seconds: int) -> None:
    page = await browser.new_page(viewport={"width": 1200, "height": 900})
    await page.goto(f"http://127.0.0.1:{here.port}/console")
    await page.get_by_label("Token", exact=True).fill(_token(here, "ops"))
    await page.get_by_role("button", name="Sign in").click()
    url = f"ws://127.0.0.1:{here.port}/ws?ticket="
    async with (
        asyncio.TaskGroup() as group,
        connect(url + here.ticket("ann"), proxy=None) as ann,
        connect(url + here.ticket("bob"), proxy=None) as bob,
        here.stream("ann"),
        here.stream("cyd"),
    ):
        for client in (ann, bob):
            group.create_task(_read(client))
        for number in range(seconds * 10):
            for user in ("ann", "bob", "cyd", "dan")[: round(2 + 2 * sin(number / 40))]:
                await here.push(number, user=user)
            await asyncio.sleep(0.1)
        await _taken(page, file, until=".charts")
    await page.close()


async def _read(client: ClientConnection) -> None:
    async for _ in client:
        pass


async def _taken(page: Page, file: Path, until: str) -> None:
    """Take the page's picture, down to the end of an element."""
    box = await page.locator(until).bounding_box()
    assert box is not None
    size = page.viewport_size
    assert size is not None
    await page.screenshot(
        path=file,
        animations="disabled",
        caret="hide",
        clip={"x": 0, "y": 0, "width": size["width"], "height": box["y"] + box["height"] + 12},
    )


def _token(here: Site, user: str) -> str:
    return here.bearer(user)["authorization"].removeprefix("Bearer ")


if __name__ == "__main__":
    asyncio.run(make_tutorial(PICTURES / TUTORIAL))
    asyncio.run(make(PICTURES, seconds=90))
