"""The client without the element: for React, Vue and what one writes oneself."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page

from http_plugin.browser.site import USER, Site
from tidings_http.bell import bell

STARTED = """async (options) => {
  window.client = new TidingsClient(options);
  window.heard = [];
  client.addEventListener("notification", ({ detail }) => heard.push(detail.entry.id));
  client.start();
}"""

PROGRAM = """
import { TidingsBell, TidingsClient } from "./bell.mjs";
const [src, token] = process.argv.slice(2);
const client = new TidingsClient({ src, token, transport: "sse" });
client.addEventListener("notification", async () => {
  await client.openAll();
  const { entries } = client.snapshot;
  console.log(JSON.stringify(entries.map(({ notification }) => notification.heading)));
  client.stop();
});
client.addEventListener("status", ({ detail }) => detail.status === "live" && console.log("live"));
client.start();
"""


@pytest.fixture
async def page(site: Site, device: BrowserContext) -> Page:
    page = await device.new_page()
    await page.goto(site.page())
    return page


async def start(page: Page, site: Site, **options: Any) -> None:
    """Make a client on the page, and wait until it is live."""
    given = {"src": site.url, "token": site.token(), "transport": "sse", **options}
    await page.wait_for_function("() => window.TidingsClient")
    await page.evaluate(STARTED, given)
    await page.wait_for_function("() => client.snapshot.status === 'live'")


async def test_a_snapshot_stays_the_same_until_something_changes(page: Page, site: Site) -> None:
    await site.push("one", id="n1")
    await site.push("two", id="n2")
    await start(page, site)
    same = await page.evaluate(
        "() => { window.before = client.snapshot; return before === client.snapshot; }"
    )
    assert same
    await site.tidings.inbox(USER).open("n1")
    await page.wait_for_function("() => client.snapshot.counts.pending === 1")
    kept = await page.evaluate(
        "() => [0, 1].map((at) => before.entries[at] === client.snapshot.entries[at])"
    )
    assert kept == [True, False]  # what did not change is the same object


async def test_it_tells_of_new_ones_alone(page: Page, site: Site) -> None:
    await site.push("one", id="n1")
    await start(page, site)
    await site.push("two", id="n2")
    await page.wait_for_function("() => client.snapshot.entries.length === 2")
    assert await page.evaluate("heard") == ["n2"]


async def test_it_counts_ahead_of_the_server_and_back(page: Page, site: Site) -> None:
    for number in range(5):
        await site.push(f"number {number}", id=f"n{number}")
    await start(page, site, limit=2)
    site.refused |= {f"/inbox/{change}": 503 for change in ("open", "see", "archive")}
    found = await page.evaluate(
        """async () => {
          const found = [];
          const look = () => found.push({ ...client.snapshot.counts });
          const calls = [() => client.open("n4"), () => client.seeAll(), () => client.openAll()];
          for (const call of calls) {
            const asked = call();
            look();
            await asked.catch(look);
          }
          return found;
        }"""
    )
    whole = {"pending": 5, "unseen": 5}
    assert found == [
        {"pending": 4, "unseen": 4}, whole,
        {"pending": 5, "unseen": 0}, whole,
        {"pending": 0, "unseen": 0}, whole,
    ]  # fmt: skip


async def test_it_does_all_that_an_inbox_can(page: Page, site: Site) -> None:
    for name in ("n1", "n2", "n3"):
        await site.push(name, id=name)
    await start(page, site)
    await page.evaluate(
        """async () => {
          await client.open("n1", "n2");
          await client.unopen("n2");
          await client.archive("n3");
          await client.unarchive("n3");
          await client.see("n3");
          await client.delete("n1");
        }"""
    )
    stored = await site.tidings.inbox(USER).page()
    assert [(e.id, e.opened, e.seen, e.archived) for e in stored.entries] == [
        ("n3", False, True, False),
        ("n2", False, True, False),
    ]
    await page.evaluate("() => client.archiveAll()")
    await page.wait_for_function("() => client.snapshot.entries.length === 0")


async def test_one_that_is_stopped_hears_no_more_until_it_is_started(
    page: Page, site: Site
) -> None:
    await start(page, site)
    await page.evaluate("() => client.stop()")
    await site.push("one")
    assert await page.evaluate("() => client.snapshot.status") == "idle"
    await page.evaluate("() => client.start()")
    await page.wait_for_function("() => client.snapshot.entries.length === 1")


async def test_one_that_is_started_over_and_over_has_one_connection(page: Page, site: Site) -> None:
    await start(page, site)
    await page.evaluate(
        "() => { for (let time = 0; time < 3; time += 1) { client.stop(); client.start(); } }"
    )
    await site.push("one")
    await page.wait_for_function("() => client.snapshot.entries.length === 1")
    await page.wait_for_function("() => client.snapshot.status === 'live'")
    assert await page.evaluate("heard.length") == 1
    async with asyncio.timeout(10):
        while len(list(site.http.streams)) != 1:  # noqa: ASYNC110 (those of before are ending)
            await asyncio.sleep(0.01)


async def test_several_bells_can_share_one(page: Page, site: Site) -> None:
    await site.push("one")
    await start(page, site)
    await page.evaluate(
        """() => {
          for (let made = 0; made < 2; made += 1) {
            const bell = document.createElement("tidings-bell");
            bell.client = client;
            document.body.append(bell);
          }
        }"""
    )
    await page.wait_for_function(
        """() => [...document.querySelectorAll("tidings-bell")].every(
          (bell) => bell.shadowRoot.querySelector("[part=badge]").textContent === "1")"""
    )


async def test_it_runs_where_there_is_no_page(site: Site, tmp_path: Path) -> None:
    await site.push("one")
    (tmp_path / "bell.mjs").write_text(bell())
    program = tmp_path / "program.mjs"
    program.write_text(PROGRAM)
    node = await asyncio.create_subprocess_exec(
        "node", str(program), f"{site.url}/", site.token(), stdout=asyncio.subprocess.PIPE
    )
    assert node.stdout is not None
    try:
        async with asyncio.timeout(20):
            assert await node.stdout.readline() == b"live\n"
            await site.push("two")
            assert json.loads(await node.stdout.readline()) == ["two", "one"]
            assert await node.wait() == 0
    finally:
        if node.returncode is None:
            node.kill()
            await node.wait()
    assert (await site.tidings.inbox(USER).counts()).pending == 0
