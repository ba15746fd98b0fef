"""A bell shows what there is and what comes, over every transport."""

from __future__ import annotations

from http_plugin.browser.conftest import Show
from http_plugin.browser.site import Site


async def test_it_shows_what_there_is(site: Site, show: Show) -> None:
    await site.push("Build passed")
    await site.push("Deployed")
    bell = await show()
    await bell.counts("2")
    await bell.opened()
    await bell.shows("Deployed", "Build passed")
    await bell.counts(None)


async def test_what_comes_is_shown_at_once(site: Site, show: Show) -> None:
    bell = await show()
    await bell.counts(None)
    await site.push("Build passed")
    await bell.counts("1")
    await bell.opened()
    await bell.shows("Build passed")
    await site.push("Deployed")
    await bell.shows("Deployed", "Build passed")
