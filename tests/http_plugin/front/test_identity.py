"""Who asks: tokens, tickets, and what the application says; never a page of strangers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from fronts import until, warnings
from http_site import Form, Open, Site
from tidings import Identity, SettingsError, Tidings
from tidings_http import HttpFront, Problem
from tidings_memory import MemoryStore

OPEN = {"all": True}


def by_cookie(request: Request) -> Identity | None:
    """Know the users of an application by its cookie."""
    user = request.cookies.get("session")
    return Identity(user, issued_at=datetime.now(UTC)) if user else None


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "bearer-token", "Token abc"])
async def test_who_brings_no_token_is_asked_for_one(here: Site, header: str) -> None:
    answer = await here.get("/inbox", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


async def test_a_token_that_is_none_is_told_of_without_being_repeated(here: Site) -> None:
    forged = here.tokens.issue("ann")[:-4] + "AAAA"
    answer = await here.get("/inbox", headers={"authorization": f"bearer {forged}"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json()["detail"] == "the token is not signed with this key"
    assert forged not in answer.text


async def test_a_ticket_is_given_for_a_token(here: Site) -> None:
    given = (await here.post("/ticket", "ann")).json()
    assert 55 <= given["expires_in"] <= 60
    async with here.stream(query=[("ticket", given["ticket"])]) as ann:
        assert ann.welcome.data["data"]["user"] == "ann"
    assert (await here.post("/ticket")).status_code == 401


async def test_a_ticket_is_no_token_and_a_token_no_ticket(here: Site) -> None:
    ticket, token = here.ticket("ann"), here.tokens.issue("ann")
    answer = await here.get("/inbox", headers={"authorization": f"Bearer {ticket}"})
    assert answer.status_code == 401
    async with here.stream(query=[("ticket", token)], greeted=False) as ann:
        assert ann.status == 401


async def test_tickets_are_for_streams_alone(here: Site) -> None:
    answer = await here.get("/inbox", "ann", params={"ticket": here.ticket("ann")})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "query.ticket", "detail": "there is no such parameter"}
    ]


async def test_who_was_cut_off_is_given_no_ticket(opened: Open) -> None:
    def known_once(_: Request) -> Identity:
        return Identity("ann")

    async with opened(identify=known_once) as here:
        assert (await here.post("/ticket")).status_code == 200
        await here.tidings.disconnect("ann", revoke=True)
        assert (await here.post("/ticket")).status_code == 403


async def test_the_application_may_say_who_asks(opened: Open) -> None:
    async with opened(identify=by_cookie) as here:
        await here.push(1)
        page = await here.get("/inbox", headers={"cookie": "session=ann"})
        assert page.json()["counts"]["pending"] == 1
        async with here.stream(headers={"cookie": "session=ann"}) as ann:
            assert ann.welcome.data["data"]["user"] == "ann"


async def test_it_may_take_its_time(opened: Open) -> None:
    async def slowly(request: Request) -> Identity | None:
        await until(lambda: True)
        return by_cookie(request)

    async with opened(identify=slowly) as here:
        assert (await here.get("/inbox", headers={"cookie": "session=ann"})).status_code == 200


async def test_whom_it_does_not_know_may_bring_a_token(opened: Open) -> None:
    async with opened(identify=by_cookie) as here:
        assert (await here.get("/inbox", "ann")).status_code == 200
        assert (await here.get("/inbox")).status_code == 401


async def test_it_may_refuse_somebody_in_its_own_words(opened: Open) -> None:
    def refusing(_: Request) -> Identity | None:
        raise Problem(403, "denied", "your trial has ended")

    async with opened(identify=refusing) as here:
        answer = await here.get("/inbox", "ann")
        assert answer.status_code == 403
        assert answer.json()["detail"] == "your trial has ended"


async def test_it_may_fail_and_nobody_is_told_why(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_: Request) -> Identity | None:
        raise RuntimeError("password=hunter2")

    async with opened(identify=failing) as here:
        answer = await here.get("/inbox")
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == "the server could not do this"
    assert any("RuntimeError at test_identity.py" in words for words in warnings(caplog))
    assert "hunter2" not in caplog.text


OWN: list[dict[str, str]] = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": "HOST"},
    {"origin": "https://app.example.com"},
    {"origin": "https://app.example.com", "sec-fetch-site": "cross-site"},
]
FOREIGN: list[dict[str, str]] = [
    {},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "HOST"},
    {"origin": "https://evil.example.com"},
    {"origin": "null"},
    {"origin": "https://app.example.com.evil.com"},
    {"origin": "https://app.example.com:8443"},
]


@pytest.mark.parametrize("headers", OWN)
async def test_a_page_of_ones_own_may_change_things_by_a_cookie(
    opened: Open, headers: dict[str, str]
) -> None:
    async with opened(identify=by_cookie, origins=["https://app.example.com"]) as here:
        told = {k: v.replace("HOST", f"http://127.0.0.1:{here.port}") for k, v in headers.items()}
        cookie = {"cookie": "session=ann"}
        assert (await here.post("/inbox/open", json=OPEN, headers=cookie | told)).is_success


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_page_of_strangers_may_not(opened: Open, headers: dict[str, str]) -> None:
    async with opened(identify=by_cookie, origins=["https://app.example.com"]) as here:
        told = {k: v.replace("HOST", f"http://127.0.0.1:{here.port}") for k, v in headers.items()}
        cookie = {"cookie": "session=ann"}
        for path, body in (("/inbox/open", OPEN), ("/ticket", None)):
            refused = await here.post(path, json=body, headers=cookie | told)
            assert refused.status_code == 403
            assert "origins" in refused.json()["detail"]
        assert (await here.get("/inbox", headers=cookie | told)).is_success


async def test_what_no_browser_sends_by_itself_needs_no_origin(opened: Open) -> None:
    def by_key(request: Request) -> Identity | None:
        return Identity("ann") if request.headers.get("x-api-key") == "k" else None

    async with opened(identify=by_key) as here:
        foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example.com"}
        assert (await here.post("/inbox/open", json=OPEN, headers={"x-api-key": "k"})).is_success
        assert (await here.post("/inbox/open", "ann", json=OPEN, headers=foreign)).is_success


@pytest.mark.parametrize("origin", ["*", "app.example.com", "https://", "https://a.b/c", ""])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match="no origin"):
        HttpFront(origins=[origin])
    with pytest.raises(SettingsError, match="give a list"):
        HttpFront(origins="https://app.example.com")


async def test_pages_elsewhere_that_are_known_may_read_the_answers(opened: Open) -> None:
    async with opened(origins=["https://app.example.com"]) as here:
        page = {"origin": "https://app.example.com"}
        asked = page | {
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        }
        allowed = await here.ask("OPTIONS", "/push", headers=asked)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://app.example.com"
        for answer in (await here.get("/inbox", "ann", headers=page), await here.get("/inbox")):
            assert answer.headers.get("access-control-allow-origin") in (page["origin"], None)
        assert (await here.get("/inbox", "ann", headers=page)).headers[
            "access-control-allow-credentials"
        ] == "true"
        other = await here.get("/inbox", "ann", headers={"origin": "https://evil.example.com"})
        assert "access-control-allow-origin" not in other.headers
        async with here.stream("ann", headers=page) as ann:
            assert ann.headers["access-control-allow-origin"] == "https://app.example.com"
            await here.nothing_more(ann)


async def test_without_a_key_only_the_application_can_say_who_asks(form: Form) -> None:
    front = HttpFront(identify=by_cookie)
    async with Tidings(MemoryStore(), front):
        transport = __import__("httpx").ASGITransport(front.app)
        async with __import__("httpx").AsyncClient(
            transport=transport, base_url="http://localhost"
        ) as client:
            known: Any = await client.get("/inbox", headers={"cookie": "session=ann"})
            assert known.status_code == 200
            answer = await client.get("/inbox", headers={"authorization": "Bearer x"})
            assert answer.status_code == 501
            assert "token_key" in answer.json()["detail"]


Check = Callable[[Site], Any]
