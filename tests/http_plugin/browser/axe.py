"""What axe-core has to say of a page: WCAG 2.2 AA, as far as a program can tell."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.async_api import Frame, Page

from ways import ways

Scheme = Literal["light", "dark"]
SCHEMES = ways(["light"], ["dark"])
"""Of dark ones all but the contrast of colours was found out in the light."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def faults(page: Page | Frame, node_modules: Path) -> list[str]:
    """Return what it finds wrong."""
    await page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text())
    asked = "rules => axe.run({ runOnly: { type: 'tag', values: rules }, iframes: false })"
    found = await page.evaluate(asked, RULES)
    assert found["passes"]
    return [
        f"{fault['id']}: {node['failureSummary']} {node['html']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
