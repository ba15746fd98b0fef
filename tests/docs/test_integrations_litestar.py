"""Days off in Litestar, run as docs/integrations/litestar.md says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from docs.example_server import running
from docs.visitors import FOREIGN_PAGE, VARIABLES, Visitor, sign_in, visitor
from tidings import Tidings
from tidings_sql import SqlStore

SERVE = ("uvicorn", "--port", "0", "app:app")
DAYS = {"first": "2030-02-01", "days": 3}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file that the application keeps things in."""
    return tmp_path_factory.mktemp("days-off") / "days-off.db"


@pytest.fixture(scope="module")
async def url(database: Path) -> AsyncIterator[str]:
    """Give the address of the application."""
    variables = VARIABLES | {"DATABASE": str(database)}
    async with running("litestar", database.parent, *SERVE, **variables) as url:
        yield url


@pytest.fixture
async def ann(url: str) -> AsyncIterator[Visitor]:
    """Give the manager."""
    async with visitor(url, "ann") as ann:
        await with_proof(ann)
        yield ann


@pytest.fixture
async def bob(url: str) -> AsyncIterator[Visitor]:
    """Give somebody who wants days off."""
    async with visitor(url, "bob") as bob:
        await with_proof(bob)
        yield bob


async def with_proof(user: Visitor) -> None:
    """Take what Litestar has pages prove that they are its own by."""
    await user.http.get("/")
    user.http.headers["x-csrftoken"] = user.http.cookies["csrftoken"]


async def test_the_manager_hears_who_asks_and_they_hear_the_answer(
    ann: Visitor, bob: Visitor
) -> None:
    async with ann.streams() as hers, bob.streams() as his:
        await hers.named("tidings:welcome")
        await his.named("tidings:welcome")
        asked = await bob.http.post("/requests", json=DAYS)
        assert asked.status_code == 201
        told = await hers.next()
        assert told.data["data"]["heading"] == "bob asks for days off"

        for _ in range(2):  # a click too many
            path = f"/requests/{asked.json()['id']}/approve"
            assert (await ann.http.post(path)).status_code == 201
        assert (await his.next()).data["data"]["heading"] == "Your days off are approved"
        assert await bob.found(1) == ["Your days off are approved"]


async def test_nobody_but_the_manager_approves(bob: Visitor) -> None:
    asked = await bob.http.post("/requests", json=DAYS)
    assert (await bob.http.post(f"/requests/{asked.json()['id']}/approve")).status_code == 403
    assert (await bob.http.get("/me")).json() == {"user": "bob", "manages": False}


async def test_who_was_away_finds_it_and_so_does_another_process(
    url: str, database: Path, ann: Visitor
) -> None:
    async with visitor(url, "cem") as cem:
        await with_proof(cem)
        asked = await cem.http.post("/requests", json=DAYS)
    await ann.http.post(f"/requests/{asked.json()['id']}/approve")

    async with visitor(url, "cem") as cem:
        assert await cem.found(1) == ["Your days off are approved"]
        assert (await cem.inboxes.post("inbox/open", json={"all": True})).status_code == 200
    async with Tidings(SqlStore(f"sqlite:///{database}")) as tidings:
        (entry,) = (await tidings.inbox("cem")).entries
        assert entry.opened


async def test_an_inbox_is_its_owners(url: str, bob: Visitor) -> None:
    assert (await bob.inboxes.get("users/ann/inbox")).status_code == 403
    async with visitor(url) as stranger:
        assert (await stranger.inboxes.get("inbox")).status_code == 401
        assert (await stranger.http.get("/requests")).status_code == 401
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            await sign_in(stranger.http, "bob", "a guess")


async def test_pages_of_other_sites_change_nothing(bob: Visitor) -> None:
    for path in "inbox/open", "ticket":
        answer = await bob.inboxes.post(path, json={"all": True}, headers=FOREIGN_PAGE)
        assert answer.status_code == 403
    del bob.http.headers["x-csrftoken"]
    assert (await bob.http.post("/requests", json=DAYS)).status_code == 403


async def test_the_page_finds_its_bell(bob: Visitor) -> None:
    assert 'import("/tidings/bell.js")' in (await bob.http.get("/")).text
    assert (await bob.http.get("/tidings/bell.js")).status_code == 200
