"""What the console works out of what the server counts: rates, latencies, words for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from http_plugin.browser.bells import PATIENCE
from http_plugin.browser.eager import EAGER
from http_plugin.browser.site import Site as Restarted
from http_site import site

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Give a page of the console's, whose modules can be had: they are only asked, not changed."""
    async with site("beside") as here, await browser.new_page() as page:
        await page.goto(f"http://127.0.0.1:{here.port}/console")
        yield page


def state(at: float, accepted: int, *latency: int, opened_at: float = 0) -> dict[str, Any]:
    """Return as much of a state as rates are worked out from."""
    counts = list(latency or (0, 0, 0))
    front = {"deliveries": 3 * accepted, "latency": {"bounds": [0.001, 0.5], "counts": counts}}
    return {
        "at": at,
        "opened_at": opened_at,
        "accepted": accepted,
        "heard": 2 * accepted,
        "fronts": [front, {"deliveries": accepted, "latency": None}],
    }


async def rates(page: Page, *states: dict[str, Any]) -> Any:
    """Return the rates after these looks."""
    return await page.evaluate(
        """async (states) => {
          const { History } = await import("/console/history.js");
          const history = new History();
          for (const state of states) history.add(state);
          return history.rates.map((each) => [each.accepted, each.heard, each.delivered]);
        }""",
        states,
    )


async def test_a_rate_is_what_came_between_two_looks(page: Page) -> None:
    assert await rates(page, state(10, 100)) == []
    assert await rates(page, state(10, 100), state(12, 110), state(13, 110)) == [
        [5, 10, 20],
        [0, 0, 0],
    ]


async def test_a_server_that_began_anew_has_no_rate_yet(page: Page) -> None:
    anew = state(12, 3, opened_at=11)
    assert await rates(page, state(10, 100), state(11, 101), anew) == []
    assert await rates(page, state(10, 100), anew, state(13, 5, opened_at=11)) == [[2, 4, 8]]


async def test_what_was_not_watched_is_left_out(page: Page) -> None:
    found = await rates(page, state(10, 0), state(11, 50), state(71, 110))
    assert found == [[1, 2, 4]]


async def test_two_minutes_are_kept(page: Page) -> None:
    assert len(await rates(page, *[state(at, at) for at in range(300)])) == 121


@pytest.mark.parametrize(
    ("part", "counts", "bound"),
    [
        (0.5, [10, 0, 0], 0.001),
        (0.99, [98, 2, 0], 0.5),
        (0.99, [98, 1, 1], 0.5),
        (1, [1, 1, 1], None),
    ],
)
async def test_a_bound_of_latency_holds_for_its_part(
    page: Page, part: float, counts: list[int], bound: float | None
) -> None:
    found = await page.evaluate(
        """async ([part, counts]) => {
          const { within } = await import("/console/history.js");
          const bound = within({ bounds: [0.001, 0.5], counts }, part);
          return bound === Infinity ? null : bound;
        }""",
        [part, counts],
    )
    assert found == bound


async def test_latencies_are_those_of_the_last_minute(page: Page) -> None:
    found = await page.evaluate(
        """async (states) => {
          const { History } = await import("/console/history.js");
          const history = new History();
          for (const state of states) history.add(state);
          return history.latency().counts;
        }""",
        [state(0, 0, 5, 0, 0), state(50, 0, 7, 1, 0), state(100, 0, 9, 4, 1)],
    )
    assert found == [2, 3, 1]


async def test_numbers_are_told_as_people_read_them(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const { duration, number, rate, span, tally } = await import("/console/words.js");
          const { ceiling } = await import("/console/charts.js");
          return [
            number(12345), rate(9.96), rate(1234.5), span(0.0025), span(2.5),
            duration(0), duration(59), duration(3600), duration(90000),
            tally({ gone: 1200, per_user: 1, none: 0 }), tally({}),
            ceiling(0), ceiling(1), ceiling(3), ceiling(51), ceiling(100), ceiling(101),
          ].map(String);
        }"""
    )
    assert found == [
        *("12,345", "10", "1,235", "2.5 ms", "2.5 s"),
        *("0 s", "59 s", "1 h", "1 d"),
        *("gone 1,200, per user 1", "\u2013"),
        *("1", "1", "5", "100", "100", "200"),
    ]


async def test_a_server_that_ends_and_begins_anew_is_followed(
    site: Restarted, device: BrowserContext
) -> None:
    page = await device.new_page()
    await page.add_init_script(EAGER)
    await page.goto(f"{site.url}/console")
    token = site.tokens.issue("ops", tidings="admin")
    await page.get_by_label("Token", exact=True).fill(token)
    await page.get_by_role("button", name="Sign in").click()
    await site.push("one")
    carried = page.locator("#transports tbody tr").filter(has_text="memory").locator("td").nth(2)
    await expect(carried).to_have_text("1")
    await site.stop()
    await expect(page.get_by_text("cannot be reached")).to_be_visible()
    await site.start()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(carried).to_have_text("0")
