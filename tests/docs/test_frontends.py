"""The front ends of docs/integrations, in a browser: two users who write to each other."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocket, WebSocketRoute, expect

from docs.front_end import front_end
from docs.visitors import VARIABLES
from fronts import until
from node_packages import WITHIN

pytestmark = pytest.mark.timeout(120 + WITHIN)  # the first one installs packages

KEY, SECRET = "my-key", "a secret of at least thirty-two bytes"
ECHO = VARIABLES | {"REVERB_APP_KEY": KEY, "REVERB_APP_SECRET": SECRET}
ECHO_BUILT = {
    "VITE_REVERB_APP_KEY": KEY,
    "VITE_REVERB_HOST": "127.0.0.1",
    "VITE_REVERB_PORT": "{port}",
    "VITE_REVERB_SCHEME": "http",
}
REACT = {"PUSHER_SECRET": SECRET, "TOKENS_KEY": SECRET}
STRICT = {"NODE_ENV": "development"}  # a build for use leaves out what strict mode does

LISTEN_LAST = """async () => {
    const bell = document.querySelector("tidings-bell");
    const before = bell.client;
    Echo.leave("user-dan");
    bell.echo = Echo; // it is the first on the channel now
    while (bell.client === before || bell.client.snapshot.status !== "live")
        await new Promise(requestAnimationFrame);
    window.heard = [];
    Echo.private("user-dan").listen(".tidings:notification", ({ content }) => heard.push(content));
}"""

Profile = Callable[[], Awaitable[BrowserContext]]

Show = Callable[[str], Awaitable["Device"]]
"""Shows the page of a user, on a device of its own."""


class Device:
    """A page, and the network that it is on.

    Attributes:
        page: that is shown.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._away = False
        self._sockets: list[WebSocketRoute] = []

    async def lay(self) -> None:
        """Have its WebSockets go through here: Chromium leaves them open when it is offline."""
        await self.page.route_web_socket(lambda _: True, self._route)

    async def go(self) -> None:
        """Cut all connections, and let none be made."""
        self._away = True
        await self.page.context.set_offline(offline=True)
        while self._sockets:
            await self._sockets.pop().close(code=3001, reason="cut")

    async def come_back(self) -> None:
        """Let connections be made again."""
        self._away = False
        await self.page.context.set_offline(offline=False)

    async def _route(self, socket: WebSocketRoute) -> None:
        if self._away:
            await socket.close(code=3001, reason="cut")
        else:
            self._sockets.append(socket)
            socket.connect_to_server()


@pytest.fixture
async def profile(browser: Browser) -> AsyncIterator[Profile]:
    """Make profiles, in whose pages no error is left to itself."""
    wrong: list[str] = []
    async with AsyncExitStack() as stack:

        async def profile() -> BrowserContext:
            made = await browser.new_context()
            stack.push_async_callback(made.close)
            made.set_default_timeout(10_000)
            made.on("weberror", lambda error: wrong.append(str(error.error)))
            return made

        yield profile
    assert not wrong


@pytest.fixture(scope="module")
async def echo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder = tmp_path_factory.mktemp("echo")
    async with front_end("laravel-echo", folder, ECHO, ECHO_BUILT) as url:
        yield url


@pytest.fixture(scope="module")
async def react(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder = tmp_path_factory.mktemp("react")
    copied = ("/tidings/bell.js", "src/bell.js")
    async with front_end("react", folder, REACT, STRICT, copied) as url:
        yield url


@pytest.fixture
def echo_of(echo: str, profile: Profile) -> Show:
    async def show(user: str) -> Device:
        device = Device(await (await profile()).new_page())
        await device.lay()
        await device.page.goto(f"{echo}/as/{user}")
        await device.page.wait_for_function("Echo.connector.pusher.user.user_data")
        return device

    return show


@pytest.fixture
def react_of(react: str, profile: Profile) -> Show:
    async def show(user: str) -> Device:
        device = Device(await (await profile()).new_page())
        await device.lay()
        await device.page.goto(react)
        await sign_in(device.page, user)
        await device.page.get_by_role("button", name="Notifications").click()
        await expect(device.page.get_by_text("Nothing here yet")).to_be_visible()
        return device

    return show


async def sign_in(page: Page, user: str) -> None:
    await page.get_by_label("Your name").fill(user)
    await page.keyboard.press("Enter")


async def write(page: Page, to: str, text: str) -> None:
    await page.get_by_label("To", exact=True).fill(to)
    await page.get_by_label("Text", exact=True).fill(text)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_label("Text", exact=True)).to_have_value("")


async def test_echo_hears_what_comes_and_what_it_missed_each_once(echo_of: Show) -> None:
    ann, bobs = (await echo_of("ann")).page, await echo_of("bob")
    bob = bobs.page
    messages, badge = bob.locator("#messages li"), bob.locator("tidings-bell [part=badge]")
    await write(ann, "bob", "hello")
    await expect(messages).to_have_text(["ann wrote to you: hello"])
    await expect(badge).to_have_text("1")
    await bobs.go()
    await write(ann, "bob", "are you there?")
    await bobs.come_back()
    await expect(badge).to_have_text("2")
    await write(ann, "bob", "good")
    said = [f"ann wrote to you: {text}" for text in ("good", "are you there?", "hello")]
    await expect(messages).to_have_text(said)
    await bob.locator("tidings-bell [part=button]").click()
    await expect(bob.locator("tidings-bell [part~=entry]")).to_have_count(3)
    await expect(ann.locator("#messages li")).to_have_count(0)


@pytest.mark.long  # takes seconds, and the examples change rarely
async def test_echo_listens_on_by_itself_after_it_was_away(echo_of: Show) -> None:
    cyd, dans = (await echo_of("cyd")).page, await echo_of("dan")
    dan = dans.page
    await dan.evaluate(LISTEN_LAST)
    await dans.go()
    await dan.wait_for_function("Echo.connector.pusher.connection.state !== 'connected'")
    await dans.come_back()
    await dan.wait_for_function("Echo.private('user-dan').subscription.subscribed")
    await write(cyd, "dan", "back again")
    await dan.wait_for_function("heard.join() === 'back again'")


@pytest.mark.parametrize("path", ["/messages", "/broadcasting/auth"])
async def test_who_has_a_session_but_no_page_of_ours_is_refused(echo: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=echo, trust_env=False) as client:
        client.headers["sec-fetch-site"] = "same-origin"
        await client.get("/as/eve")
        token = re.search('csrf-token" content="([^"]+)"', (await client.get("/")).text)
        assert token
        asked = {"socket_id": "1.1", "channel_name": "private-user-eve", "to": "eve", "text": "?"}
        for sent, status in (token[1], {200, 204}), ("forged", {403}):
            answer = await client.post(path, json=asked, headers={"x-csrf-token": sent})
            assert answer.status_code in status


async def test_a_text_that_no_notification_holds_is_refused(react: str) -> None:
    async with httpx.AsyncClient(base_url=react, trust_env=False) as client:
        token = (await client.post("/api/sign-in", json={"user": "eve"})).json()
        client.headers["authorization"] = f"Bearer {token}"
        for length, status in (4000, 204), (4001, 422):
            asked = {"to": "fay", "text": "x" * length}
            assert (await client.post("/api/messages", json=asked)).status_code == status
        asked = {"to": "fay", "text": "Bells\x07"}
        assert (await client.post("/api/messages", json=asked)).status_code == 422


async def test_react_shows_what_comes_and_what_it_missed_each_once(react_of: Show) -> None:
    ann, bobs = (await react_of("ann")).page, await react_of("bob")
    bob = bobs.page
    bell, rows = bob.get_by_role("button", name="Notifications"), bob.locator("li > span")
    await write(ann, "bob", "hello")
    await expect(rows).to_have_text(["hello"])
    await expect(bell).to_have_text("Notifications 1")
    await bobs.go()
    await expect(bob.get_by_role("status")).to_have_text("No connection. Trying again…")
    await write(ann, "bob", "are you there?")
    await bobs.come_back()
    await expect(bell).to_have_text("Notifications 2")
    await write(ann, "bob", "good")
    await expect(rows).to_have_text(["good", "are you there?", "hello"])
    await expect(ann.locator("li")).to_have_count(0)

    await bob.get_by_role("button", name="Archive").first.click()
    await bob.get_by_role("button", name="ann wrote to you", exact=True).first.click()
    await expect(bell).to_have_text("Notifications 1")
    await bob.get_by_role("button", name="Mark all as read").click()
    await expect(bell).to_have_text("Notifications")
    await expect(bob.locator("li.read")).to_have_count(2)


@pytest.mark.long  # takes seconds, and the examples change rarely
async def test_react_keeps_one_connection_in_strict_mode_and_none_once_signed_out(
    react: str, profile: Profile
) -> None:
    page = await (await profile()).new_page()
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))  # noqa: PLW0108 (it marks what it calls)
    await page.goto(react)
    await sign_in(page, "eve")
    await until(lambda: len(sockets) == 2, "it was shown twice, as strict mode does")
    await until(sockets[0].is_closed, "the first was left")
    await page.get_by_role("button", name="Notifications").click()
    await expect(page.get_by_text("Nothing here yet")).to_be_visible()
    assert not sockets[1].is_closed()
    await page.clock.install()
    await page.get_by_role("button", name="Sign out").click()
    await until(sockets[1].is_closed, "the second was left")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.clock.run_for(60_000)
    await page.evaluate("fetch('/?last')")
    await until(lambda: asked, "it was told what the page asked for")
    assert asked == [f"{react}/?last"]
    assert len(sockets) == 2
