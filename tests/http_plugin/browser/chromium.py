"""Debian's browser, driven by Playwright: one for all tests of a worker."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from node_packages import left_out

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",  # a container may have little of it
    "--renderer-process-limit=1",  # pages of one site need no process each
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run Chromium until exit; where it is not installed, the test that asks is skipped."""
    # the first has no windows to draw, and takes half of the time of the second
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        left_out("needs chromium, which is not installed here")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()
