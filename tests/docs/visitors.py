"""Who uses the example applications: signed in, with an inbox, and following it as browsers do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import connect

from event_source import EventSource, event_source
from fronts import WITHIN, Client

OWN_PAGE, FOREIGN_PAGE = {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "cross-site"}
PASSWORD = "everybody's"
VARIABLES = {
    "PASSWORD": PASSWORD,
    "SESSION_KEY": "a session's secret of at least thirty-two bytes",
    "CSRF_KEY": "a third secret of at least thirty-two bytes",
    "TOKEN_KEY": "a secret of at least thirty-two bytes",
    "TIDINGS_TOKEN_KEY": "a secret of at least thirty-two bytes",
}


class Visitor:
    """Somebody with a browser.

    Attributes:
        http: asks the application, with their cookies.
        inboxes: asks for inboxes, wherever those are.
    """

    def __init__(self, http: httpx.AsyncClient, inboxes: httpx.AsyncClient) -> None:
        self.http = http
        self.inboxes = inboxes

    async def headings(self) -> list[str]:
        """Return what stands in their inbox, newest first."""
        answer = (await self.inboxes.get("inbox")).raise_for_status()
        return [entry["notification"]["heading"] for entry in answer.json()["entries"]]

    async def found(self, count: int) -> list[str]:
        """Return the same, once so much is there: what a transaction staged is, soon after it."""
        async with asyncio.timeout(WITHIN):
            while len(headings := await self.headings()) < count:  # noqa: ASYNC110 (pages tell nobody)
                await asyncio.sleep(0.02)
        return headings

    @asynccontextmanager
    async def hears(self) -> AsyncIterator[Client]:
        """Follow by a WebSocket, as the bell does: by a ticket."""
        ticket = (await self.inboxes.post("ticket")).raise_for_status().json()["ticket"]
        url = str(self.inboxes.base_url.join("ws")).replace("http", "ws", 1)
        async with connect(f"{url}?ticket={ticket}", open_timeout=WITHIN, proxy=None) as raw:
            client = Client(raw)
            client.welcome = await client.next()
            yield client

    def streams(self) -> AbstractAsyncContextManager[EventSource]:
        """Follow by server-sent events, with their cookies."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        port = self.inboxes.base_url.port
        assert port is not None
        return event_source(port, "/tidings/inbox/events", {"cookie": cookies})


@asynccontextmanager
async def visitor(url: str, name: str | None = None, **sent: Any) -> AsyncIterator[Visitor]:
    """Visit an application whose inboxes are within it, at /tidings.

    Args:
        url: of the application.
        name: who signs in; None: a stranger.
        sent: how their name and password are sent, as httpx has it.
    """
    async with httpx.AsyncClient(base_url=url, headers=OWN_PAGE, trust_env=False) as http:
        if name is not None:
            await sign_in(http, name)
        within = httpx.AsyncClient(base_url=f"{url}/tidings/", headers=OWN_PAGE, trust_env=False)
        within.cookies = http.cookies
        async with within:
            yield Visitor(http, within)


async def sign_in(http: httpx.AsyncClient, name: str, password: str = PASSWORD) -> None:
    """Sign in; raises if that is refused."""
    answer = await http.post("/sign-in", json={"user": name, "password": password})
    answer.raise_for_status()
