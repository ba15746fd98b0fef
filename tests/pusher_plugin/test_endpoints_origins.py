"""Which pages may ask in a visitor's name: those of the site, and those it was told of."""

from __future__ import annotations

from typing import Any

import pytest

from pusher_plugin.endpoint_forms import CHANNELS, KEY, SECRET, SOCKET, Form, error, site, told
from tidings import Identity, SettingsError, Tidings
from tidings_pusher import HttpAnswer, HttpRequest, PusherAccess, PusherEndpoints

ASKED = {"socket_id": SOCKET, "channel_name": "private-user-ann"}
COOKIE = {"cookie": "user=ann"}
ELSEWHERE = "https://shop.example.net"
ASKING_FIRST = {"origin": ELSEWHERE, "access-control-request-method": "POST"}


def by_cookie(request: HttpRequest) -> Identity | None:
    """Trust a cookie that browsers send along, as sessions do."""
    user = request.cookies.get("user")
    return Identity(user) if user else None


def shared(answer: HttpAnswer) -> dict[str, str]:
    """Return what an answer says of pages elsewhere."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return {k: v for k, v in headers.items() if k.startswith("access-control-")}


@pytest.fixture(params=["asgi", "blocking"])
def form(request: pytest.FixtureRequest) -> Form:
    chosen: Form = request.param
    return chosen


@pytest.mark.parametrize(
    "page",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "https://a.proxy.renamed.this.example"},
        {"origin": "https://app.example.com"},
        {"origin": "http://app.example.com"},
        {"origin": "https://APP.example.com", "host": "app.Example.com:443"},
        {"origin": "http://localhost:8000", "host": "localhost:8000"},
        {"origin": "http://[::1]:8000", "host": "[::1]:8000"},
    ],
)
async def test_a_page_of_the_site_may_ask_with_a_cookie(form: Form, page: dict[str, str]) -> None:
    async with site(form, identify=by_cookie) as here:
        answer = await here.post(CHANNELS, ASKED, COOKIE | page)
    assert answer.status == 200
    assert shared(answer) == {}


@pytest.mark.parametrize(
    "page",
    [
        {},  # no browser of today sends neither
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://app.example.com"},
        {"sec-fetch-site": "same-origin, cross-site"},
        {"origin": ELSEWHERE},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://app.example.com:8443"},
        {"origin": "https://app.example.com.evil.example"},
        {"origin": "https://evil.example/https://app.example.com"},
        {"origin": "https://app.example.com, https://evil.example"},
        {"origin": "https://evil.example", "host": ""},
        {"sec-fetch-site": "cross-site", "authorization": "Basic YW5uOmFubg=="},
        {"sec-fetch-site": "cross-site", "authorization": "Bearer "},
    ],
)
async def test_a_page_of_another_site_may_not(form: Form, page: dict[str, str]) -> None:
    async with site(form, identify=by_cookie, origins=["https://other.example"]) as here:
        answer = await here.post(CHANNELS, ASKED, COOKIE | page)
    assert "Authorization: Bearer" in error(answer, 403)
    assert shared(answer) == {}


async def test_who_brings_a_token_may_ask_from_anywhere(form: Form) -> None:
    async with site(form) as here:
        page = here.bearer("ann") | {"sec-fetch-site": "cross-site", "origin": "null"}
        assert (await here.post(CHANNELS, ASKED, page)).status == 200


@pytest.mark.parametrize("page", [{"sec-fetch-site": "cross-site"}, {}])
async def test_a_page_that_the_site_was_told_of_may_ask_and_read(
    form: Form, page: dict[str, str]
) -> None:
    async with site(form, identify=by_cookie, origins=[ELSEWHERE + ":443"]) as here:
        answers = [
            await here.post(CHANNELS, asked, COOKIE | page | {"origin": ELSEWHERE})
            for asked in (ASKED, ASKED | {"channel_name": "private-user-bob"}, {})
        ]
    assert [answer.status for answer in answers] == [200, 403, 400]
    for answer in answers:
        assert answer.headers.get("Vary", answer.headers.get("vary")) == "Origin"
        assert shared(answer) == {
            "access-control-allow-origin": ELSEWHERE,
            "access-control-allow-credentials": "true",
        }


async def test_a_browser_that_asks_first_is_told_what_such_a_page_may(form: Form) -> None:
    names = "authorization,content-type,x-csrf-token"
    async with site(form, origins=[ELSEWHERE]) as here:
        plain = await here.ask("OPTIONS", CHANNELS, ASKING_FIRST)
        headers = ASKING_FIRST | {"access-control-request-headers": names}
        fuller = await here.ask("OPTIONS", CHANNELS, headers)
    may = {
        "access-control-allow-origin": ELSEWHERE,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "POST",
        "access-control-max-age": "600",
    }
    assert plain.status == fuller.status == 204
    assert shared(plain) == may
    assert shared(fuller) == may | {"access-control-allow-headers": names}


@pytest.mark.parametrize(
    "asked",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"access-control-request-method": "DELETE"},
        {"access-control-request-headers": "x" * 2_000},
        {"access-control-request-headers": 'x"<y>'},
    ],
)
async def test_a_browser_that_asks_first_for_another_is_told_nothing(
    form: Form, asked: dict[str, str]
) -> None:
    async with site(form, origins=[ELSEWHERE]) as here:
        answer = await here.ask("OPTIONS", CHANNELS, ASKING_FIRST | asked)
    assert error(answer, 403)
    assert "access-control-allow-methods" not in shared(answer)
    assert "access-control-allow-headers" not in shared(answer)


async def test_where_there_are_no_others_none_may_ask_first(form: Form) -> None:
    async with site(form) as here:
        answer = await here.ask("OPTIONS", CHANNELS, ASKING_FIRST)
    assert told(answer) == {"error": "send a POST request"}
    assert answer.status == 405


@pytest.mark.parametrize(
    "origins",
    [
        ["*"],
        ["null"],
        ["shop.example.net"],
        ["https://shop.example.net/"],
        ["https://*.example.net"],
        ["https://user@shop.example.net"],
        "https://shop.example.net",
    ],
)
async def test_what_is_no_origin_is_refused_at_once(origins: Any) -> None:
    with pytest.raises(SettingsError, match=r"https://app\.example\.com"):
        PusherEndpoints(PusherAccess(KEY, SECRET), Tidings(), by_cookie, origins=origins)


async def test_an_origin_need_not_be_a_web_page_s() -> None:
    async with site("asgi", identify=by_cookie, origins=["capacitor://localhost"]) as here:
        answer = await here.post(CHANNELS, ASKED, COOKIE | {"origin": "capacitor://localhost"})
    assert answer.status == 200
