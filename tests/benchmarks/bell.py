"""How fast the bell is, and how much it holds: `uv run python tests/benchmarks/bell.py`.

In Debian's Chromium, with the server on the same machine. First paint: from opening the list of
50 entries that are loaded to the frame that shows them; and from asking for the page that has a
bell to its badge. Memory: what the page's heap and tree hold after many notifications came live.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from statistics import median

from playwright.async_api import Browser, CDPSession, Page

sys.path[0] = str(Path(__file__).parent.parent)

from http_plugin.browser.bells import Bell, attributes
from http_plugin.browser.chromium import chromium
from http_plugin.browser.site import USER, Site
from node_packages import node_packages
from tidings import Notification

ENTRIES = 50
EVENTS = 10_000
TOGETHER = 100
TIMES = 15

OPENED = """(bell) => new Promise((painted) => {
  const began = performance.now();
  bell.open = true;
  requestAnimationFrame(() => setTimeout(() => painted(performance.now() - began)));
})"""
BADGE = """() => new Promise((shown) => {
  const bell = document.querySelector("tidings-bell");
  const badge = bell.shadowRoot.querySelector("[part=badge]");
  const look = () => badge.hidden ? requestAnimationFrame(look) : shown(performance.now());
  look();
})"""


async def push(site: Site, count: int, first: int = 0) -> None:
    """Push notifications, some at a time."""
    for start in range(first, first + count, TOGETHER):
        numbers = range(start, min(start + TOGETHER, first + count))
        texts = (Notification(heading=f"Build {n}", content="All is well.") for n in numbers)
        await asyncio.gather(*(site.tidings.push(USER, text) for text in texts))


async def shown(browser: Browser, site: Site) -> tuple[Bell, float]:
    """Show a bell; return also how long it took to its badge, in milliseconds."""
    page = await (await browser.new_context()).new_page()
    await page.goto(site.page(attributes(site, "websocket", limit=str(ENTRIES))))
    await page.wait_for_function("() => customElements.get('tidings-bell')")
    badge = await page.evaluate(BADGE)
    bell = Bell(page)
    await bell.live()
    return bell, badge


async def first_paint(browser: Browser, site: Site) -> None:
    """Print how long a list takes to be seen."""
    await push(site, ENTRIES)
    opened, badges = [], []
    for _ in range(TIMES):
        bell, badge = await shown(browser, site)
        opened.append(await bell.element.evaluate(OPENED))
        assert await bell.entries.count() == ENTRIES
        badges.append(badge)
        await bell.page.context.close()
        await site.tidings.inbox(USER).page()
        await push(site, 1, first=1_000 + len(opened))  # something unseen for the next badge
    print(f"first paint of {ENTRIES} entries: {median(opened):.1f} ms (worst {max(opened):.1f})")
    print(f"page asked for to badge shown: {median(badges):.0f} ms (worst {max(badges):.0f})")


async def held(page: Page, session: CDPSession) -> str:
    """Return what the page holds, garbage aside."""
    await page.evaluate("() => { told.length = 0; }")  # what the page itself has kept
    await session.send("HeapProfiler.collectGarbage")
    heap = (await session.send("Runtime.getHeapUsage"))["usedSize"]
    counters = await session.send("Memory.getDOMCounters")
    nodes, listeners = counters["nodes"], counters["jsEventListeners"]
    return f"{heap / 1e6:.2f} MB, {nodes} nodes, {listeners} listeners"


async def memory(browser: Browser, site: Site) -> None:
    """Print what an open bell holds as notifications come."""
    await push(site, ENTRIES)
    bell, _ = await shown(browser, site)
    await bell.opened()
    session = await bell.page.context.new_cdp_session(bell.page)
    pushed = ENTRIES
    for upto in (1_000, EVENTS // 2, EVENTS):
        await push(site, upto - pushed, first=100_000 + pushed)
        pushed = upto
        newest = f"Build {100_000 + pushed - 1}"
        await bell.headings.filter(has_text=newest).wait_for()
        print(f"after {upto:,} live events: {await held(bell.page, session)}")


async def main() -> None:
    """Take all figures."""
    modules = node_packages(Path(__file__).parents[1] / "http_plugin" / "browser")
    async with chromium() as browser:
        for figure in (first_paint, memory):
            site = Site(modules)
            await site.start()
            await figure(browser, site)
            await site.stop()


if __name__ == "__main__":
    asyncio.run(main())
