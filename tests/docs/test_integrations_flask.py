"""The shop in Flask and `tidings serve` beside it, run as docs/integrations/flask.md says."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpx
import pytest

from docs.example_server import running
from docs.visitors import OWN_PAGE, PASSWORD, VARIABLES, Visitor
from tidings import Tidings
from tidings_sql import SqlStore

SERVE = ("tidings", "serve", "--config", "serve.toml", "--port", "0")
FLASK = ("flask", "run", "--port", "0")
pytestmark = pytest.mark.timeout(120)  # two servers, one after the other

PAGE = "http://127.0.0.1:5000"  # where the guide has the shop


class Shop(NamedTuple):
    """Where both are, and their database."""

    url: str
    notifications: str
    database: str

    @asynccontextmanager
    async def visitor(self, name: str) -> AsyncIterator[Visitor]:
        """Sign in, and get for the inbox what the bell gets."""
        async with httpx.AsyncClient(base_url=self.url, headers=OWN_PAGE, trust_env=False) as http:
            answer = await http.post("/sign-in", data={"user": name, "password": PASSWORD})
            assert answer.status_code == 302
            token = (await http.post("/notifications/token")).raise_for_status().text
            headers = {"authorization": f"Bearer {token}", "origin": PAGE}
            inboxes = httpx.AsyncClient(
                base_url=self.notifications, headers=headers, trust_env=False
            )
            async with inboxes:
                yield Visitor(http, inboxes)


@pytest.fixture(scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """Give a shop and its server of notifications."""
    beside, folder = tmp_path_factory.mktemp("beside"), tmp_path_factory.mktemp("shop")
    database = f"sqlite:///{folder / 'shop.db'}"
    variables = VARIABLES | {"TIDINGS_PLUGINS__SQL__URL": database}
    async with (
        running("flask", beside, *SERVE, **variables) as notifications,
        running("flask", folder, *FLASK, **variables, NOTIFICATIONS=notifications) as url,
    ):
        yield Shop(url, notifications, database)


@pytest.fixture
async def ann(shop: Shop) -> AsyncIterator[Visitor]:
    """Give the one who ships."""
    async with shop.visitor("ann") as ann:
        yield ann


@pytest.fixture
async def bob(shop: Shop) -> AsyncIterator[Visitor]:
    """Give a buyer."""
    async with shop.visitor("bob") as bob:
        yield bob


async def ordered(buyer: Visitor, goods: str) -> str:
    """Order something; return what ships it."""
    page = await buyer.http.post("/orders", data={"goods": goods}, follow_redirects=True)
    return f"/orders/{re.findall(r'order-([0-9]+)', page.text)[-1]}/ship"


async def test_the_buyer_hears_at_once_that_an_order_is_shipped(ann: Visitor, bob: Visitor) -> None:
    async with ann.hears() as hers, bob.hears() as his:
        ship = await ordered(bob, "Tea")
        told = await hers.named("tidings:notification")
        assert told["data"]["heading"] == "bob ordered Tea"

        for _ in range(2):  # a click too many
            assert (await ann.http.post(ship)).status_code == 302
        told = await his.named("tidings:notification")
        assert told["data"]["heading"].endswith("is on its way")
        assert len(await bob.headings()) == 1


async def test_who_was_away_finds_it_and_so_does_another_process(shop: Shop, ann: Visitor) -> None:
    async with shop.visitor("cem") as cem:
        await ann.http.post(await ordered(cem, "Coffee" * 40))
    async with shop.visitor("cem") as cem:
        assert len(await cem.found(1)) == 1
        assert (await cem.inboxes.post("/inbox/open", json={"all": True})).status_code == 200
    async with Tidings(SqlStore(shop.database)) as tidings:
        (entry,) = (await tidings.inbox("cem")).entries
        assert entry.opened


async def test_what_cannot_be_told_is_not_ordered(bob: Visitor) -> None:
    refused = await bob.http.post("/orders", data={"goods": "Bells\x07"})
    assert refused.status_code == 400
    assert "Bells" not in (await bob.http.get("/")).text


async def test_an_inbox_is_its_owners(shop: Shop, bob: Visitor) -> None:
    assert (await bob.inboxes.get("/users/ann/inbox")).status_code == 403
    assert (await bob.http.post("/orders/1/ship")).status_code == 403
    async with httpx.AsyncClient(base_url=shop.url, trust_env=False) as stranger:
        assert (await stranger.post("/notifications/token")).status_code == 401
        guess = {"user": "bob", "password": "a guess"}
        assert (await stranger.post("/sign-in", data=guess)).status_code == 403
        assert (await stranger.get(f"{shop.notifications}/inbox")).status_code == 401


async def test_the_page_may_ask_the_server_beside_it_and_no_other_page_may(
    shop: Shop, bob: Visitor
) -> None:
    page = (await bob.http.get("/")).text
    assert f'src="{shop.notifications}/bell.js"' in page
    assert '<tidings-bell token-url="/notifications/token">' in page
    asked = {
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
    }
    own = await bob.inboxes.options("/inbox", headers=asked)
    assert own.headers["access-control-allow-origin"] == PAGE
    other = await bob.inboxes.options("/inbox", headers=asked | {"origin": "https://elsewhere"})
    assert "access-control-allow-origin" not in other.headers
