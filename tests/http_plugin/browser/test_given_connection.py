"""A connection that a page gave its bell stays the page's, and so does what it hears by it."""

from __future__ import annotations

from playwright.async_api import BrowserContext

from http_plugin.browser.bells import Bell, shown
from http_plugin.browser.site import USER, Site

CHANNEL = f"private-user-{USER}"


async def test_a_page_that_listens_later_hears_on_after_the_connection_was_lost(
    site: Site, device: BrowserContext
) -> None:
    bell = await shown(site, device, "pusher")
    await listen(bell)
    site.drop()
    await bell.status("offline")
    await bell.live()
    await site.push("back again")
    await bell.until("() => heard.join() === 'back again'")
    await bell.counts("1")


async def test_a_page_hears_on_when_its_bell_is_gone(site: Site, device: BrowserContext) -> None:
    bell = await shown(site, device, "pusher")
    await listen(bell)
    await gone(bell)
    await site.push("for the page alone")
    await bell.page.wait_for_function("() => heard.join() === 'for the page alone'")


async def test_a_channel_that_the_bell_alone_heard_is_left_with_it(
    site: Site, device: BrowserContext
) -> None:
    bell = await shown(site, device, "pusher")
    site.drop()
    await bell.status("offline")  # it is left from here too
    await gone(bell)
    assert await bell.page.evaluate("name => !bell.pusher.channel(name)", CHANNEL)


async def test_one_that_the_page_was_first_on_is_not(site: Site, device: BrowserContext) -> None:
    bell = await shown(site, device, "pusher")
    await bell.element.evaluate(
        """(bell, name) => {
            const { pusher } = bell;
            window.before = bell.client;
            pusher.unsubscribe(name);
            pusher.subscribe(name); // it may bind to it later
            bell.pusher = pusher;
        }""",
        CHANNEL,
    )
    await bell.until("bell => bell.client !== before")
    await bell.live()
    await gone(bell)
    assert await bell.page.evaluate("name => bell.pusher.channel(name).subscribed", CHANNEL)


async def gone(bell: Bell) -> None:
    """Take it from its page."""
    await bell.element.evaluate("bell => { window.bell = bell; bell.remove() }")
    await bell.page.wait_for_function("() => bell.client.snapshot.status === 'idle'")


async def listen(bell: Bell) -> None:
    """Have the bell's page hear the same channel, and note what comes."""
    await bell.element.evaluate(
        """(bell, name) => {
            window.heard = [];
            const channel = bell.pusher.subscribe(name);
            channel.bind("tidings:notification", ({ heading }) => heard.push(heading));
        }""",
        CHANNEL,
    )
