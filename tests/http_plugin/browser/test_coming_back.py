"""A bell comes back by itself, and has missed nothing, over every transport."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, expect

from http_plugin.browser.bells import Bell, Show, attributes
from http_plugin.browser.site import USER, Site
from http_plugin.browser.wire import Wire
from tidings_memory import MemoryStore


async def test_a_connection_that_breaks_is_made_again(site: Site, show: Show) -> None:
    bell = await show()
    await site.push("one")
    await bell.counts("1")
    site.drop()
    await site.push("two")
    await bell.counts("2")
    await bell.opened()
    await bell.shows("two", "one")


async def test_it_outlives_a_restart_of_the_server(site: Site, show: Show, transport: str) -> None:
    await site.push("one")
    bell = await show()
    await bell.opened()
    await site.stop()
    await bell.status("offline")
    await expect(bell.part("offline")).to_be_visible()
    await bell.shows("one")
    await site.start()
    await site.push("two")
    if transport == "pusher":  # pusher-js by itself waits for 15 seconds
        await bell.nudged()
    await bell.shows("two", "one")
    await bell.live()
    await expect(bell.part("offline")).to_be_hidden()


async def test_a_device_that_was_offline_catches_up(
    site: Site, device: BrowserContext, show: Show
) -> None:
    await site.push("one", id="n1")
    bell = await show()
    await device.set_offline(True)
    await bell.status("offline")
    await site.push("two")
    await site.push("three")
    await site.tidings.inbox(USER).archive("n1")
    await device.set_offline(False)
    await bell.live()
    await bell.counts("2")
    await bell.opened()
    await bell.shows("three", "two")


async def test_another_log_is_read_from_its_beginning(site: Site, show: Show) -> None:
    await site.push("of old")
    bell = await show()
    await bell.opened()
    await bell.shows("of old")
    await site.stop()
    site.store = MemoryStore()
    await site.start()
    await site.push("of new")
    await bell.shows("of new")
    await bell.live()


async def test_each_is_shown_once_whatever_breaks(site: Site, show: Show) -> None:
    bell = await show()
    for number in range(12):
        await site.push(f"number {number:02}")
        if number % 4 == 3:
            site.drop()
    await bell.counts("12")
    await bell.opened()
    await bell.shows(*(f"number {number:02}" for number in reversed(range(12))))


@pytest.mark.clocked
async def test_a_connection_that_died_in_its_sleep_is_found_out(
    site: Site, device: BrowserContext, transport: str
) -> None:
    async with Wire(site.port).laid() as wire:
        page = await device.new_page()
        await page.clock.install()
        given = site.page(attributes(site, transport))
        await page.goto(given.replace(str(site.port), str(wire.port), 1))
        bell = Bell(page)
        await bell.live()
        wire.go_dead()
        await site.push("one")
        while await bell.badge.is_hidden() or not await bell.is_live():  # as time goes by
            await page.clock.run_for(1_000)  # not so much that no answer comes in time
        await bell.counts("1")


@pytest.mark.clocked
async def test_it_asks_less_and_less_often(site: Site, bell_of: Show) -> None:
    bell = await bell_of()
    await bell.page.clock.install()
    asked: list[str] = []
    bell.page.on("request", lambda request: asked.append(request.url))
    site.refused["/inbox/events"] = 503
    site.drop()
    seconds = 0
    while sum("/inbox/events" in url for url in asked) < 6:
        await bell.page.clock.run_for(1_000)
        seconds += 1
    assert seconds > 10  # 1, 2, 4, 8 and 16 of them, each cut by up to a half


@pytest.mark.clocked
@pytest.mark.parametrize("barred", ["websocket", "sse"])
async def test_where_no_connection_may_stay_pages_are_read(
    site: Site, device: BrowserContext, barred: str
) -> None:
    page = await device.new_page()
    await page.clock.install()
    await page.route_web_socket("**/ws*", lambda socket: socket.close())
    site.refused["/inbox/events"] = 503  # a proxy on the way, say
    await page.goto(site.page(attributes(site, barred)))
    bell = Bell(page)
    await bell.opened()
    await expect(bell.part("offline")).to_be_visible()
    for headings in (["one"], ["two", "one"]):
        await site.push(headings[0])
        while await bell.headings.all_text_contents() != headings:  # as time goes by
            await page.clock.run_for(10_000)
