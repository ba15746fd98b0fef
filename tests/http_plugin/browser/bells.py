"""A bell on a page, as whoever looks at it sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, expect

from http_plugin.browser.site import USER, Site
from ways import ways

PATIENCE = 10_000.0
"""How long something may take to be seen, in milliseconds."""

expect.set_options(timeout=PATIENCE)

TRANSPORTS = ways(["websocket"], ["sse", "pusher"])
"""How bells hear what happens. Laravel Echo is pusher-js in other clothes: see its own test."""


class Bell:
    """One bell.

    Attributes:
        page: that it is on.
        element, button, badge, panel, entries, toasts: what there is to see of it.
        headings, pending: of all entries, and of those that are pending.
    """

    def __init__(self, page: Page, index: int = 0) -> None:
        self.page = page
        self.element = page.locator("tidings-bell").nth(index)
        self.button = self.part("button")
        self.badge = self.part("badge")
        self.panel = self.part("panel")
        self.entries = self.part("entry")
        self.headings = self.part("list").locator("[part=heading]")
        self.pending = self.element.locator("[part~=pending] [part=heading]")
        self.toasts = self.part("toast")

    def part(self, name: str) -> Locator:
        """Return what has this part's name."""
        return self.element.locator(f"[part~={name}]")

    def entry(self, heading: str) -> Locator:
        """Return the entry with this heading."""
        return self.entries.filter(has_text=heading)

    async def shows(self, *headings: str) -> None:
        """Wait until its list has these entries, in this order."""
        await expect(self.headings).to_have_text(headings)

    async def counts(self, text: str | None) -> None:
        """Wait until the badge says this; None: there is none."""
        if text is None:
            await expect(self.badge).to_be_hidden()
        else:
            await expect(self.badge).to_have_text(text)

    async def opened(self) -> None:
        """Open it by a click."""
        await self.button.click()
        await expect(self.panel).to_be_visible()

    async def live(self) -> None:
        """Wait until it hears what happens."""
        await self.status("live")

    async def is_live(self) -> bool:
        """Return whether it hears what happens, now."""
        live: bool = await self.element.evaluate("bell => bell.client?.snapshot.status === 'live'")
        return live

    async def status(self, status: str) -> None:
        """Wait until its client says so of itself."""
        await self.until("(bell, status) => bell.client?.snapshot.status === status", status)

    async def nudged(self) -> None:
        """Let its page notice that it may be online again."""
        await self.page.evaluate("dispatchEvent(new Event('online'))")

    async def until(self, condition: str, value: Any = None) -> None:
        """Wait until a function of the element, and of a value, says so."""
        handle = await self.element.element_handle()
        asked = f"([bell, value]) => ({condition})(bell, value)"
        await self.page.wait_for_function(asked, arg=[handle, value], timeout=PATIENCE)

    async def told(self, name: str) -> list[Any]:
        """Return the details of its page's events of this name."""
        asked = "name => told.filter((each) => each.name === name).map((each) => each.detail)"
        found: list[Any] = await self.page.evaluate(asked, name)
        return found


Show = Callable[..., Awaitable[Bell]]
"""Shows a bell on a page of its own: `await show(order="pending")`."""

Devices = Callable[..., Awaitable[BrowserContext]]
"""Makes a profile: `await devices(color_scheme="dark")`."""


async def shown(
    site: Site, device: BrowserContext, transport: str, user: str = USER, **more: str
) -> Bell:
    """Show a bell on a page of its own, once it is live."""
    page = await device.new_page()
    await page.goto(site.page(attributes(site, transport, user, **more)))
    bell = Bell(page)
    await bell.live()
    return bell


def attributes(site: Site, transport: str, user: str = USER, **more: str) -> dict[str, str]:
    """Return the attributes of a bell of this user."""
    given = {name.replace("_", "-"): value for name, value in more.items()}
    return {"transport": transport, "token": site.token(user), "user": user, **given}
