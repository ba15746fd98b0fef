"""An operator at the console: who is let in, what is seen, what is done."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Locator, Page, Request, expect
from websockets.asyncio.client import connect

from fronts import until
from http_plugin.browser.axe import SCHEMES, Scheme, faults
from http_plugin.browser.bells import PATIENCE, Devices
from http_plugin.browser.eager import EAGER
from http_site import Site, site
from tidings import AccessRequest, Grant, Identity, Notification, hookimpl

expect.set_options(timeout=PATIENCE)

MARKUP = "<img src=x onerror=alert(1)>"
LOOKED = "() => document.getElementById('events-now').innerText !== '\u2013'"

Look = Callable[..., Awaitable[Page]]


class OnDuty:
    """Lets whoever is on duty do everything."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        return Grant() if request.identity and request.identity.user == "cyd" else None


def by_cookie(request: Any) -> Identity | None:
    user = request.cookies.get("user")
    return Identity(user) if user else None


@pytest.fixture
async def here() -> AsyncIterator[Site]:
    """Give a site whose console shows all."""
    async with site("beside", console_data=True) as here:
        yield here


@pytest.fixture
def look(here: Site, device: BrowserContext) -> Look:
    """Give what opens the console, and signs in."""
    return partial(looking, here, device)


def token(here: Site, user: str = "ops") -> str:
    return here.bearer(user)["authorization"].removeprefix("Bearer ")


def url(here: Site) -> str:
    return f"http://127.0.0.1:{here.port}/console"


async def looking(here: Site, device: BrowserContext) -> Page:
    """Open the console and sign in as an operator."""
    page = await device.new_page()
    await page.add_init_script(EAGER)
    await page.goto(url(here))
    await sign_in(page, token(here))
    await expect(page.get_by_role("heading", name="Now")).to_be_visible()
    return page


async def sign_in(page: Page, proof: str) -> None:
    await page.get_by_label("Token", exact=True).fill(proof)
    await page.get_by_role("button", name="Sign in").click()


def row(page: Page, table: str, text: str) -> Locator:
    """Return the rows of a table that say so."""
    return page.locator(f"#{table} tbody tr").filter(has_text=text)


def figure(page: Page, name: str) -> Locator:
    """Return one of the numbers at the top."""
    return page.locator(".figures div").filter(has_text=name).locator("dd")


def some(what: str) -> re.Pattern[str]:
    """Match the words of a chart that has shown more than nothing."""
    return re.compile(rf"{what}: .* a second now, at most (?!0 )[\d.]+ in two minutes")


async def test_it_asks_for_a_token_first_and_shows_nothing_without(
    here: Site, device: BrowserContext
) -> None:
    await here.push(1)
    page = await device.new_page()
    await page.goto(url(here))
    await expect(page.get_by_label("Token", exact=True)).to_be_focused()
    assert "private-user-ann" not in await page.content()
    await expect(page.get_by_role("heading", name="Now")).to_be_hidden()
    for wrong in ("no token", token(here, "ann")):
        await sign_in(page, wrong)
        await expect(page.locator("#sign-in-why")).not_to_be_empty()
        await expect(page.get_by_role("heading", name="Now")).to_be_hidden()
        await expect(page.get_by_label("Token", exact=True)).to_have_value("")


async def test_the_token_stands_in_no_url_and_is_kept_nowhere(here: Site, devices: Devices) -> None:
    asked: list[Request] = []
    device = await devices()
    device.on("request", lambda request: asked.append(request))  # noqa: PLW0108 (Playwright marks it)
    page = await looking(here, device)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    (sent,) = {h for each in asked if (h := each.headers.get("authorization"))}
    proof = sent.removeprefix("Bearer ")
    assert not [each.url for each in asked if proof[-20:] in each.url]
    assert await page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    assert await page.locator("#token").input_value() == ""
    assert await device.cookies() == []
    await page.reload()
    await expect(page.get_by_label("Token", exact=True)).to_have_value("")


async def test_who_has_signed_in_to_the_application_is_let_in_at_once(
    device: BrowserContext,
) -> None:
    async with site("beside", OnDuty(), identify=by_cookie) as here:
        page = await device.new_page()
        await device.add_cookies([{"name": "user", "value": "cyd", "url": url(here)}])
        await page.goto(url(here))
        await expect(page.get_by_role("heading", name="Now")).to_be_visible()
        await page.get_by_label("To user").fill("ann")
        await page.get_by_role("button", name="Push").click()
        await expect(page.locator("#push-said")).to_have_text("Stored for ann, at 1.")


async def test_it_shows_who_is_connected_and_what_they_hear(here: Site, look: Look) -> None:
    page = await look()
    await expect(figure(page, "Connections")).to_have_text("0")
    async with here.stream("ann"), here.stream("ann"), here.stream("bob"):
        await expect(figure(page, "Connections")).to_have_text("3")
        await expect(row(page, "connections", "ann")).to_have_count(2)
        await expect(row(page, "channels", "private-user-ann").locator("td")).to_have_text("2")
        await page.get_by_label("Of user").fill("bob")
        await page.get_by_role("button", name="Show").click()
        await expect(row(page, "connections", "ann")).to_have_count(0)
        await expect(row(page, "connections", "bob")).to_have_count(1)
    await expect(figure(page, "Connections")).to_have_text("0")
    await expect(page.locator("#connections")).to_contain_text("There are none.")


async def test_a_user_that_cannot_be_is_told_and_everybody_is_shown(here: Site, look: Look) -> None:
    page = await look()
    async with here.stream("ann"):
        await page.get_by_label("Of user").fill("\u200b" * 150)
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("#filter-why")).to_contain_text("query.user")
        await expect(row(page, "connections", "ann")).to_have_count(1)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_it_shows_what_passes_and_how_fast(here: Site, look: Look) -> None:
    async with here.stream("ann") as ann:
        page = await look()
        await page.wait_for_function(LOOKED)
        await here.push(1, 2, 3)
        await here.push(4, user="bob")
        await ann.take(3)
        await expect(row(page, "events", "tidings:notification")).to_have_count(4)
        await expect(row(page, "transports", "memory")).to_contain_text("carries")
        await expect(row(page, "transports", "memory").locator("td").nth(2)).to_have_text("4")
        events = page.locator("#events-chart [role=img]")
        await expect(events).to_have_attribute("aria-label", some("Events accepted"))
        drawn = await page.locator("#events-chart polyline").first.get_attribute("points")
        assert drawn is not None
        assert len(drawn.split()) > 1


async def test_latency_is_told_in_words_and_bars(device: BrowserContext) -> None:
    async with site("beside") as here:
        page = await looking(here, device)
        socket = f"ws://127.0.0.1:{here.port}/ws?ticket={here.ticket('ann')}"
        await expect(page.locator("#latency-words")).to_have_text("Nothing was delivered.")
        async with connect(socket, proxy=None) as client:
            await client.recv()
            await page.wait_for_function(LOOKED)
            await here.push(1, 2, 3)
            await client.recv()
            await expect(page.locator("#latency-words")).to_contain_text("99 % within")
        bars = await page.locator("#latency-chart rect").evaluate_all(
            "bars => bars.map((bar) => Number(bar.getAttribute('height')))"
        )
        assert len(bars) == 14
        assert max(bars) > 0


async def test_texts_from_anywhere_are_never_markup(here: Site, look: Look) -> None:
    page = await look()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    async with here.stream(MARKUP):
        await here.tidings.publish("news", MARKUP, {"text": MARKUP})
        await here.tidings.push(MARKUP, Notification(heading=MARKUP))
        await expect(row(page, "connections", MARKUP)).to_have_count(1)
        await expect(row(page, "events", MARKUP)).to_have_count(2)
        await row(page, "connections", MARKUP).get_by_role("button").click()
        await expect(page.get_by_label("User", exact=True)).to_have_value(MARKUP)
        await expect(page.locator("main img, dialog img")).to_have_count(0)
    assert dialogs == []


async def test_data_is_hidden_unless_it_is_allowed(device: BrowserContext) -> None:
    async with site("beside") as here:
        await here.tidings.publish("news", "headline", {"text": "Rain"})
        page = await looking(here, device)
        await expect(row(page, "events", "headline")).to_have_count(1)
        await expect(page.get_by_text("Their data is hidden.")).to_be_visible()
        await expect(page.get_by_role("columnheader", name="Data")).to_be_hidden()
        assert "Rain" not in await page.content()


async def test_data_is_shown_where_it_is_allowed(here: Site, look: Look) -> None:
    await here.tidings.publish("news", "headline", {"text": "Rain"})
    page = await look()
    await expect(row(page, "events", "headline")).to_contain_text('{"text":"Rain"}')
    await expect(page.get_by_text("Their data is hidden.")).to_be_hidden()


async def test_a_test_notification_is_pushed_from_the_keyboard(here: Site, look: Look) -> None:
    page = await look()
    await page.get_by_label("To user").focus()
    for text in ("ann", "Lunch is ready", "Soup."):
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#push-said")).to_have_text("Stored for ann, at 1.")
    (entry,) = (await here.get("/inbox", "ann")).json()["entries"]
    assert entry["notification"]["heading"] == "Lunch is ready"
    assert entry["notification"]["content"] == "Soup."


async def test_what_cannot_be_pushed_is_told_in_the_servers_words(look: Look) -> None:
    page = await look()
    await page.get_by_label("To user").fill("a\u200b" * 75)
    await page.get_by_role("button", name="Push").click()
    await expect(page.locator("#push-said")).to_contain_text("users")
    await expect(page.locator("#push-said")).to_have_class("bad")


async def test_a_user_is_cut_off(here: Site, look: Look) -> None:
    page = await look()
    async with here.stream("ann") as ann, here.stream("bob"):
        await row(page, "connections", "ann").get_by_role("button").click()
        dialog = page.get_by_role("dialog", name="Disconnect a user")
        await expect(dialog.get_by_label("User")).to_have_value("ann")
        await dialog.get_by_role("button", name="Disconnect").click()
        await expect(dialog).to_contain_text("ann is disconnected.")
        assert await ann.ended() == "disconnected"
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await expect(row(page, "connections", "ann")).to_have_count(0)
        await expect(row(page, "connections", "bob")).to_have_count(1)


async def test_a_user_is_cut_off_for_good_whether_listed_or_not(here: Site, look: Look) -> None:
    page = await look()
    headers = here.bearer("dan")
    await page.get_by_role("button", name="Disconnect a user…").click()
    await page.get_by_label("User", exact=True).fill("dan")
    await page.get_by_label("Refuse their tokens too").check()
    await page.keyboard.press("Enter")
    await expect(page.locator("#cut-said")).to_have_text("dan is disconnected.")
    assert (await here.get("/inbox", headers=headers)).status_code == 401


async def test_an_operator_who_is_cut_off_sees_nothing_any_more(here: Site, look: Look) -> None:
    await here.push(1)
    page = await look()
    await expect(row(page, "events", "private-user-ann")).to_have_count(1)
    await here.tidings.disconnect("ops", revoke=True)
    await expect(page.get_by_label("Token", exact=True)).to_be_focused()
    await expect(page.locator("#sign-in-why")).to_contain_text("revoked")
    await expect(page.get_by_label("Token", exact=True)).to_have_value("")
    assert "private-user-ann" not in await page.content()


async def test_who_signs_out_leaves_nothing_behind(here: Site, look: Look) -> None:
    await here.push(1)
    page = await look()
    await expect(row(page, "events", "private-user-ann")).to_have_count(1)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Token", exact=True)).to_be_focused()
    assert "private-user-ann" not in await page.content()


async def test_it_pauses_when_told_to_and_when_nobody_can_see_it(look: Look) -> None:
    asked: list[str] = []
    page = await look()
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.on("request", lambda request: asked.append(request.url))
    await page.wait_for_timeout(1_500)  # nothing tells that nothing will happen
    assert asked == []
    await page.get_by_role("button", name="Pause").click()
    await until(lambda: asked, "it went on")
    await page.evaluate(
        """() => {
          Object.defineProperty(document, "visibilityState", { value: "hidden" });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    await page.wait_for_timeout(300)  # what was asked before is answered
    asked.clear()
    await page.wait_for_timeout(1_500)
    assert asked == []


async def test_a_server_that_is_away_is_told_of_and_looked_for(
    here: Site, device: BrowserContext, look: Look
) -> None:
    page = await look()
    await device.route("**/console/state", lambda route: route.abort())
    await expect(page.get_by_text("cannot be reached")).to_be_visible()
    await device.unroute("**/console/state")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_axe_finds_nothing(
    here: Site, device: BrowserContext, node_modules: Path, scheme: Scheme
) -> None:
    page = await device.new_page()
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.goto(url(here))
    await expect(page.get_by_label("Token", exact=True)).to_be_focused()
    assert await faults(page, node_modules) == []
    await sign_in(page, "no token")
    await expect(page.locator("#sign-in-why")).not_to_be_empty()
    assert await faults(page, node_modules) == []
    async with here.stream("ann"):
        await here.push(1)
        await sign_in(page, token(here))
        await page.wait_for_function(LOOKED)
        assert await faults(page, node_modules) == []
        await row(page, "connections", "ann").get_by_role("button").click()
        assert await faults(page, node_modules) == []


async def test_nothing_is_cut_off_on_a_small_screen(here: Site, look: Look) -> None:
    page = await look()
    await page.set_viewport_size({"width": 320, "height": 640})
    async with here.stream("ann"):
        await expect(row(page, "connections", "ann")).to_have_count(1)
        width = await page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 320
