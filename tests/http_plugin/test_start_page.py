"""A newcomer tries a server on their own machine; nobody else gets in by that."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request

from http_site import Site, site
from tidings_http.start_page.start_page import is_at_home

PUSHING = 'tidings push --to {user} --heading "It works"'
TOKEN, PUSH, OFFER = "/start/token?user=ann", "/start/push", "/start/offer"


@pytest.fixture
async def here() -> AsyncIterator[Site]:
    """Give a site for a first try."""
    async with site("beside") as here:
        here.front.welcome(["ann"], PUSHING)
        yield here


@pytest.fixture
async def keyed() -> AsyncIterator[Site]:
    """Give a site whose key is somebody's own."""
    async with site("beside") as here:
        here.front.welcome([], None)
        yield here


async def test_a_newcomer_is_offered_a_user_and_how_to_push(here: Site) -> None:
    assert (await here.get("/")).status_code == 200
    assert (await here.get(OFFER)).json() == {
        "guests": ["ann"],
        "elsewhere": False,
        "pushing": PUSHING,
    }


async def test_a_guest_has_a_token_of_the_users_and_no_more(here: Site) -> None:
    token = (await here.post(TOKEN)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}

    assert (await here.get("/inbox", headers=headers)).status_code == 200
    assert (await here.get("/users/bob/inbox", headers=headers)).status_code == 403
    assert (await here.get("/console/state", headers=headers)).status_code == 403
    told = await here.post("/push", json={"users": ["ann"]}, headers=headers)
    assert told.status_code in (403, 422)


async def test_a_guest_pushes_by_one_line(here: Site) -> None:
    answer = await here.post(PUSH, json={"user": "ann", "heading": "It works"})
    page = await here.get("/inbox", "ann")

    assert answer.json()["results"]["ann"]["state"] == "stored"
    assert [each["notification"]["heading"] for each in page.json()["entries"]] == ["It works"]


async def test_nobody_else_can_be_tried(here: Site) -> None:
    assert (await here.post("/start/token?user=bob")).status_code == 403
    assert (await here.post(PUSH, json={"user": "bob"})).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
async def test_a_name_of_somebody_elses_that_leads_here_leads_to_nothing(
    here: Site, host: str
) -> None:
    headers = {"host": host}
    offer = (await here.get(OFFER, headers=headers)).json()

    assert (offer["guests"], offer["elsewhere"]) == ([], True)
    assert (await here.post(TOKEN, headers=headers)).status_code == 403
    assert (await here.post(PUSH, json={"user": "ann"}, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
async def test_a_page_of_strangers_is_given_nothing(here: Site, headers: dict[str, str]) -> None:
    assert (await here.post(TOKEN, headers=headers)).status_code == 403
    assert (await here.post(PUSH, json={"user": "ann"}, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("host", "peer", "is_home"),
    [
        ("localhost", "127.0.0.1", True),
        ("LOCALHOST:8000", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("[::1]", "::1", True),
        ("127.0.0.1:8000", "192.168.1.7", False),
        ("127.0.0.1:8000", "", False),
        ("192.168.1.5:8000", "192.168.1.5", False),
        ("::1", "::1", False),
    ],
)
def test_home_is_this_machine_by_name_and_by_address(host: str, peer: str, is_home: bool) -> None:
    scope = {
        "type": "http",
        "headers": [(b"host", host.encode())],
        "client": (peer, 1234) if peer else None,
    }
    assert is_at_home(Request(scope)) is is_home


async def test_where_there_is_a_key_of_ones_own_nobody_gets_in(keyed: Site) -> None:
    assert (await keyed.get("/")).status_code == 200
    offer = (await keyed.get(OFFER)).json()
    assert offer == {"guests": [], "elsewhere": False, "pushing": None}
    assert (await keyed.post(TOKEN)).status_code == 403
    assert (await keyed.post(PUSH, json={"user": "ann"})).status_code == 403


async def test_an_application_of_ones_own_has_no_such_page() -> None:
    for form in ("beside", "mounted"):
        async with site(form) as here:
            for path in ("/", "/start/start.js", OFFER):
                assert (await here.get(path)).status_code in (404, 426)
            assert (await here.post(TOKEN)).status_code in (404, 426)


async def test_the_page_runs_its_own_files_and_no_others_page_shows_it(here: Site) -> None:
    for path in ("/", "/start/start.js", "/start/device.html"):
        answer = await here.get(path)
        policy = answer.headers["content-security-policy"]
        assert answer.status_code == 200
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'self';" in policy


@pytest.mark.parametrize("user", ["", "a" * 200, "\x00"])
async def test_what_is_no_user_is_refused(here: Site, user: str) -> None:
    assert (await here.post("/start/token", params={"user": user})).status_code == 422
    assert (await here.post(PUSH, json={"user": user})).status_code == 422
