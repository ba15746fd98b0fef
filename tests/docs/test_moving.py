"""The steps of moving from Channels and from python-socketio, each run as its page says."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import run
from typing import Any, NamedTuple, cast

import httpx
import pytest
from socketio import SimpleClient
from socketio.exceptions import ConnectionError as ConnectionRefused
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from docs.blocks import blocks
from docs.example_server import EXAMPLES, running
from docs.test_pages import ROOT, as_shown
from event_source import event_source
from tidings import Tidings
from tidings_sql import SqlStore

SECRET = "a secret of at least thirty-two bytes"
WITHIN = 10.0

Told = dict[str, Any]
Hears = Callable[[], Awaitable[Told]]
"""Waits for the next notification."""


class Step(NamedTuple):
    """One step of a move, on a server.

    old: what is moved from. url: where it runs.
    """

    old: str
    url: str

    @asynccontextmanager
    async def user(self, name: str) -> AsyncIterator[httpx.AsyncClient]:
        """Sign somebody in."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            (await http.post(f"/sign-in/{name}")).raise_for_status()
            yield http

    @asynccontextmanager
    async def old_page(self, http: httpx.AsyncClient) -> AsyncIterator[Hears]:
        """Be on a page that has not moved."""
        listening = over_channels if self.old == "channels" else over_socketio
        async with listening(self.url, _cookies(http)) as hears:
            yield hears

    @asynccontextmanager
    async def new_page(self, http: httpx.AsyncClient) -> AsyncIterator[Hears]:
        """Be on one that has."""
        port = httpx.URL(self.url).port
        assert port is not None
        cookies = {"cookie": _cookies(http)}
        async with event_source(port, "/tidings/inbox/events", cookies) as events:
            await events.named("tidings:welcome")

            async def hears() -> Told:
                return cast("Told", (await events.next()).data["data"])

            yield hears

    async def lets_no_stranger_in(self) -> None:
        """Make sure that one has to sign in for either page."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as stranger:
            assert (await stranger.get("/tidings/inbox")).status_code == 401
            with pytest.raises((InvalidStatus, ConnectionRefused)):
                async with self.old_page(stranger):
                    pass


@asynccontextmanager
async def over_channels(url: str, cookies: str) -> AsyncIterator[Hears]:
    """Connect as a page of Channels does."""
    address = url.replace("http", "ws") + "/ws/notifications"
    headers = {"cookie": cookies, "origin": url}
    async with connect(address, additional_headers=headers, proxy=None) as socket:

        async def hears() -> Told:
            async with asyncio.timeout(WITHIN):
                return cast("Told", json.loads(await socket.recv()))

        yield hears


@asynccontextmanager
async def over_socketio(url: str, cookies: str) -> AsyncIterator[Hears]:
    """Connect as a page of Socket.IO does."""
    client = SimpleClient()
    transports = ["websocket"]
    await asyncio.to_thread(client.connect, url, {"cookie": cookies}, transports=transports)

    async def hears() -> Told:
        name, told = await asyncio.to_thread(client.receive, WITHIN)
        assert name == "notification"
        return cast("Told", told)

    try:
        yield hears
    finally:
        await asyncio.to_thread(client.disconnect)


@pytest.fixture(scope="module", params=["channels", "socketio"])
def old(request: pytest.FixtureRequest) -> str:
    """Give the name of what is moved from."""
    return cast("str", request.param)


@pytest.fixture(scope="module")
def environment(old: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give what the application reads; the database stays from step to step."""
    folder = tmp_path_factory.mktemp(old)
    database = f"sqlite:///{folder}/app.db"
    return {"DATABASE": database, "SECRET_KEY": SECRET, "TOKEN_KEY": SECRET}


def _cookies(http: httpx.AsyncClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


@asynccontextmanager
async def step(
    name: str, old: str, folder: Path, environment: dict[str, str]
) -> AsyncIterator[Step]:
    application = "application" if old == "channels" else "app"
    directly = ("--ws", "inboxes:sockets.protocol") if name == "after" else ()
    command = ("uvicorn", "--port", "0", *directly, f"{name}:{application}")
    async with running(f"moving/{old}", folder, *command, **environment) as url:
        yield Step(old, url)


async def test_before_only_who_is_there_is_told(
    old: str, environment: dict[str, str], tmp_path: Path
) -> None:
    async with (
        step("before", old, tmp_path, environment) as now,
        now.user("ann") as ann,
        now.user("bob") as bob,
    ):
        await bob.post("/mention/ann")
        async with now.old_page(ann) as hears:
            await ann.post("/mention/ann")
            assert await hears() == {"heading": "ann mentioned you"}


async def test_pages_move_one_by_one_and_what_is_told_meanwhile_is_there_afterwards(
    old: str, environment: dict[str, str], tmp_path: Path
) -> None:
    async with (
        step("both", old, tmp_path, environment) as now,
        now.user("ann") as ann,
        now.user("bob") as bob,
        now.old_page(ann) as old_page,
        now.new_page(ann) as new_page,
    ):
        await bob.post("/mention/ann")
        there, here = await old_page(), await new_page()
        assert there["heading"] == here["heading"] == "bob mentioned you"
        assert there["id"] == here["id"]
        await now.lets_no_stranger_in()

    async with step("after", old, tmp_path, environment) as now, now.user("ann") as ann:
        kept = (await ann.get("/tidings/inbox")).json()["entries"]
        assert [entry["notification"]["id"] for entry in kept] == [here["id"]]
        async with now.new_page(ann) as new_page:
            await ann.post("/mention/ann")
            assert (await new_page())["heading"] == "ann mentioned you"


async def test_the_past_is_in_the_inboxes_once_however_often_it_is_brought(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/app.db"
    page = list(blocks(ROOT / "docs/moving/django-channels.md"))
    (shown,) = (block.text for block in page if block.language == "text")
    for _ in range(2):
        done = run(  # noqa: ASYNC221 (nothing else goes on)
            [sys.executable, "past.py"],
            cwd=EXAMPLES / "moving/channels",
            env={**os.environ, "DATABASE": database},
            capture_output=True,
            text=True,
            check=True,
        )
        assert as_shown(done.stdout, shown)

    async with Tidings(SqlStore(database)) as tidings:
        kept = await tidings.inbox("ann")
    assert [(entry.id, entry.opened) for entry in kept.entries] == [
        ("old-2", False),
        ("old-1", True),
    ]
