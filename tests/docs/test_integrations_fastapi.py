"""The discussion in FastAPI, run as docs/integrations/fastapi.md says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from docs.example_server import running
from docs.visitors import FOREIGN_PAGE, VARIABLES, Visitor, sign_in, visitor
from tidings import Tidings
from tidings_sql import SqlStore

SERVE = ("uvicorn", "--port", "0", "app:app", "--ws", "app:sockets.protocol")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file that the application keeps things in."""
    return tmp_path_factory.mktemp("discussion") / "discussion.db"


@pytest.fixture(scope="module")
async def url(database: Path) -> AsyncIterator[str]:
    """Give the address of the application."""
    variables = VARIABLES | {"DATABASE": str(database)}
    async with running("fastapi", database.parent, *SERVE, **variables) as url:
        yield url


@pytest.fixture
async def ann(url: str) -> AsyncIterator[Visitor]:
    """Give somebody who says things."""
    async with visitor(url, "ann") as ann:
        yield ann


@pytest.fixture
async def bob(url: str) -> AsyncIterator[Visitor]:
    """Give somebody whom they mention."""
    async with visitor(url, "bob") as bob:
        yield bob


async def test_whoever_is_mentioned_is_told_at_once(ann: Visitor, bob: Visitor) -> None:
    async with ann.hears() as hers, bob.hears() as his:
        said = await ann.http.post("/comments", json={"text": "Tea, @bob, @ann, @nobody?"})
        assert said.status_code == 201

        told = await his.named("tidings:notification")
        assert told["data"]["heading"] == "ann mentioned you"
        assert told["data"]["payload"]["path"] == f"/#comment-{said.json()}"
        await hers.nothing_more()


async def test_who_was_away_finds_it_and_so_does_another_process(
    url: str, database: Path, bob: Visitor
) -> None:
    await bob.http.post("/comments", json={"text": "Are you there, @cem?"})

    async with visitor(url, "cem") as cem:
        assert await cem.found(1) == ["bob mentioned you"]
        assert (await cem.inboxes.post("inbox/open", json={"all": True})).status_code == 200
    async with Tidings(SqlStore(f"sqlite:///{database}")) as tidings:
        (entry,) = (await tidings.inbox("cem")).entries
        assert (entry.notification.content, entry.opened) == ("Are you there, @cem?", True)


async def test_what_cannot_be_told_is_not_said(bob: Visitor) -> None:
    refused = await bob.http.post("/comments", json={"text": "Bells, @ann\x07"})
    assert refused.status_code == 422
    assert "Bells" not in (await bob.http.get("/comments")).text


async def test_an_inbox_is_its_owners(url: str, bob: Visitor) -> None:
    assert (await bob.inboxes.get("users/ann/inbox")).status_code == 403
    async with visitor(url) as stranger:
        assert (await stranger.inboxes.get("inbox")).status_code == 401
        assert (await stranger.http.get("/comments")).status_code == 401
        with pytest.raises(httpx.HTTPStatusError, match="403"):
            await sign_in(stranger.http, "bob", "a guess")


async def test_pages_of_other_sites_change_nothing(bob: Visitor) -> None:
    for path in "inbox/open", "ticket":
        answer = await bob.inboxes.post(path, json={"all": True}, headers=FOREIGN_PAGE)
        assert answer.status_code == 403


async def test_the_page_has_a_bell(url: str, bob: Visitor) -> None:
    page = (await bob.http.get("/")).text
    assert "<tidings-bell></tidings-bell>" in page
    assert 'src="/tidings/bell.js"' in page
    assert (await bob.http.get("/tidings/bell.js")).status_code == 200
    async with visitor(url) as stranger:
        assert "Sign in" in (await stranger.http.get("/")).text
