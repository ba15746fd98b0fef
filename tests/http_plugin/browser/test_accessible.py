"""WCAG 2.2 AA, as far as axe-core can tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from http_plugin.browser.bells import Bell, Devices, shown
from http_plugin.browser.site import USER, Site

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def faults(bell: Bell, node_modules: Path) -> list[str]:
    """Return what axe-core has to say of a page."""
    await bell.page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text())
    asked = "rules => axe.run({ runOnly: { type: 'tag', values: rules } })"
    found = await bell.page.evaluate(asked, RULES)
    assert found["passes"]
    return [
        f"{fault['id']}: {node['failureSummary']} {node['html']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(
    site: Site, devices: Devices, node_modules: Path, scheme: str
) -> None:
    await site.push("Build passed", content="All of it.", id="n1")
    await site.push("Pay", buttons=[{"id": "pay", "text": "Pay now"}], payload={"path": "/pay"})
    await site.push("A face", image_url="/files/face.svg")
    await site.tidings.inbox(USER).open("n1")
    bell = await shown(site, await devices(color_scheme=scheme, reduced_motion="reduce"), "sse")
    await bell.counts("2")
    assert await faults(bell, node_modules) == []
    await site.push("Just now", content="In the kitchen.")
    await expect(bell.toasts).to_have_count(1)
    assert await faults(bell, node_modules) == []
    await bell.opened()
    await expect(bell.entries).to_have_count(4)
    assert await faults(bell, node_modules) == []


async def test_axe_finds_nothing_where_there_is_nothing(
    site: Site, devices: Devices, node_modules: Path
) -> None:
    bell = await shown(site, await devices(), "sse")
    await bell.opened()
    assert await faults(bell, node_modules) == []
    site.refused["/inbox/events"] = 503
    site.drop()
    await expect(bell.part("offline")).to_be_visible()
    assert await faults(bell, node_modules) == []
    site.refused["/inbox/events"] = 403
    await bell.nudged()
    await expect(bell.part("failed")).to_be_visible()
    assert await faults(bell, node_modules) == []


async def test_everything_is_large_enough_to_hit(site: Site, devices: Devices) -> None:
    await site.push("one", buttons=[{"id": "pay", "text": "Pay"}])
    bell = await shown(site, await devices(), "sse")
    await bell.opened()
    await expect(bell.entries).to_have_count(1)
    for control in await bell.element.locator("button:visible").all():
        box = await control.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24
