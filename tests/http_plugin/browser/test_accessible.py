"""WCAG 2.2 AA, as far as axe-core can tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from http_plugin.browser.axe import SCHEMES, Scheme, faults
from http_plugin.browser.bells import Show
from http_plugin.browser.site import USER, Site


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_axe_finds_nothing(
    site: Site, bell_of: Show, node_modules: Path, scheme: Scheme
) -> None:
    await site.push("Build passed", content="All of it.", id="n1")
    await site.push("Pay", buttons=[{"id": "pay", "text": "Pay now"}], payload={"path": "/pay"})
    await site.push("A face", image_url="/files/face.svg")
    await site.tidings.inbox(USER).open("n1")
    bell = await bell_of()
    await bell.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await bell.counts("2")
    assert await faults(bell.page, node_modules) == []
    await site.push("Just now", content="In the kitchen.")
    await expect(bell.toasts).to_have_count(1)
    assert await faults(bell.page, node_modules) == []
    await bell.opened()
    await expect(bell.entries).to_have_count(4)
    assert await faults(bell.page, node_modules) == []


async def test_axe_finds_nothing_where_there_is_nothing(
    site: Site, bell_of: Show, node_modules: Path
) -> None:
    bell = await bell_of()
    await bell.opened()
    assert await faults(bell.page, node_modules) == []
    site.refused["/inbox/events"] = 503
    site.drop()
    await expect(bell.part("offline")).to_be_visible()
    assert await faults(bell.page, node_modules) == []
    site.refused["/inbox/events"] = 403
    await bell.nudged()
    await expect(bell.part("failed")).to_be_visible()
    assert await faults(bell.page, node_modules) == []


async def test_everything_is_large_enough_to_hit(site: Site, bell_of: Show) -> None:
    await site.push("one", buttons=[{"id": "pay", "text": "Pay"}])
    bell = await bell_of()
    await bell.opened()
    await expect(bell.entries).to_have_count(1)
    for control in await bell.element.locator("button:visible").all():
        box = await control.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24
