"""Who asks is found out before anything is signed, and what fails in that is not told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest

from pusher_plugin.endpoint_forms import (
    CHANNELS,
    HOST,
    KEY,
    SECRET,
    SOCKET,
    USER,
    Form,
    error,
    signs_channel,
    signs_user,
    site,
    told,
)
from tidings import (
    AccessRequest,
    Grant,
    Identity,
    SettingsError,
    StoreError,
    Tidings,
    TransportError,
    blocking,
    hookimpl,
)
from tidings_pusher import (
    AccessDenied,
    BlockingPusherEndpoints,
    HttpRequest,
    PusherAccess,
    PusherEndpoints,
)

ASKED = {"socket_id": SOCKET, "channel_name": "private-user-ann"}
OWN_PAGE = {"sec-fetch-site": "same-origin"}
SHOP = PusherAccess(KEY, SECRET, namespace="shop")


@pytest.fixture(params=["asgi", "blocking"])
def form(request: pytest.FixtureRequest) -> Form:
    chosen: Form = request.param
    return chosen


@pytest.mark.parametrize("path", [CHANNELS, USER])
async def test_who_says_nothing_is_asked_who_they_are(form: Form, path: str) -> None:
    async with site(form) as here:
        answer = await here.post(path, ASKED, OWN_PAGE)
    assert error(answer, 403) == "say first who you are"


async def test_a_token_that_is_none_is_refused(form: Form) -> None:
    async with site(form) as here:
        forged = {"authorization": "Bearer ey.forged.token"}
        assert "malformed" in error(await here.post(CHANNELS, ASKED, forged), 403)


@pytest.mark.parametrize("spelling", ["bearer {}", "BEARER   {}"])
async def test_a_token_may_be_announced_in_any_spelling(form: Form, spelling: str) -> None:
    async with site(form) as here:
        token = {"authorization": spelling.format(here.tokens.issue("ann"))}
        assert (await here.post(CHANNELS, ASKED, token)).status == 200


async def test_users_of_a_namespace_are_named_without_it(form: Form) -> None:
    async with site(form, access=SHOP) as here:
        own = await here.channels("shop;ann", "private-user-ann")
        user = await here.post(USER, {"socket_id": SOCKET}, here.bearer("shop;ann"))
    assert signs_channel(told(own), "private-user-ann")
    assert json.loads(told(user)["user_data"]) == {"id": "ann"}
    assert signs_user(told(user))


@pytest.mark.parametrize("user", ["ann", "cafe;ann", "shop;", "shop", ";ann"])
async def test_users_of_no_such_namespace_are_refused(form: Form, user: str) -> None:
    async with site(form, access=SHOP) as here:
        for path in (CHANNELS, USER):
            answer = await here.post(path, ASKED, here.bearer(user))
            assert "users of another app" in error(answer, 403)


async def test_an_application_finds_out_in_its_own_way(form: Form) -> None:
    seen: list[HttpRequest] = []

    def identify(request: HttpRequest) -> Identity:
        seen.append(request)
        return Identity(request.cookies["user"])

    cookies = {"Cookie": 'other="x; y"; user=ann; user=bob', "X-Of-Its-Own": "1"}
    async with site(form, access=SHOP, identify=identify) as here:
        answer = await here.post(CHANNELS, ASKED, OWN_PAGE | cookies)
    assert signs_channel(told(answer), "private-user-ann")
    (request,) = seen
    assert (request.method, request.path) == ("POST", CHANNELS)
    assert request.headers["x-of-ITS-own"] == "1"
    assert request.headers["Host"] == HOST
    assert "ann" not in repr(request)


async def test_it_may_wait_for_that_where_others_wait() -> None:
    async def identify(request: HttpRequest) -> Identity | None:
        return Identity("ann") if request.native["type"] == "http" else None

    async with site("asgi", identify=identify) as here:
        assert (await here.post(CHANNELS, ASKED, OWN_PAGE)).status == 200


async def test_where_nothing_can_be_awaited_that_is_told_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def identify(request: HttpRequest) -> Identity:
        raise AssertionError(request)

    async with site("blocking", identify=identify) as here:
        answer = await here.post(CHANNELS, ASKED, OWN_PAGE)
    assert error(answer, 500) == "this could not be answered"
    assert "plain functions" in caplog.text


async def test_it_may_deny_in_its_own_words(form: Form) -> None:
    def identify(request: HttpRequest) -> Identity:
        raise AccessDenied("your account is suspended")

    async with site(form, identify=identify) as here:
        answer = await here.post(CHANNELS, ASKED, OWN_PAGE)
    assert error(answer, 403) == "your account is suspended"


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (lambda: RuntimeError("hush-hush"), 500),
        (lambda: KeyError("hush-hush"), 500),
        (lambda: StoreError("the database is away"), 503),
        (lambda: TransportError("the network is away"), 503),
    ],
)
async def test_what_fails_is_logged_and_not_told(
    form: Form, problem: Callable[[], Exception], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def identify(request: HttpRequest) -> Identity:
        raise problem()

    async with site(form, identify=identify) as here:
        answer = await here.post(CHANNELS, ASKED, OWN_PAGE | {"cookie": "user=hush-hush"})
    assert "away" not in error(answer, status)
    assert "test_endpoints_identity.py" in caplog.text
    assert b"hush" not in answer.body
    assert "hush" not in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_an_identity_that_is_none_is_the_applications_mistake(
    form: Form, caplog: pytest.LogCaptureFixture
) -> None:
    async with site(form, identify=lambda _: "ann") as here:
        answer = await here.post(CHANNELS, ASKED, OWN_PAGE)
    assert error(answer, 500) == "this could not be answered"
    assert "must return an Identity or None" in caplog.text


async def test_a_policy_that_fails_denies(form: Form) -> None:
    class Broken:
        name = "broken"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant:
            raise RuntimeError("hush-hush")

    async with site(form, Broken()) as here:
        answer = await here.channels("ann", "private-user-ann")
    assert error(answer, 403) == "could not be decided"


async def test_what_an_operator_has_to_mend_is_told_to_the_log(
    form: Form, caplog: pytest.LogCaptureFixture
) -> None:
    class Open:
        name = "open"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant:
            return Grant()

    async with site(form, Open(), access=PusherAccess(KEY, SECRET)) as here:
        alone = await here.channels("ann", "private-encrypted-x")
        batch = await here.channels("ann", "private-encrypted-x", "private-y")
    assert error(alone, 500) == "this could not be answered"
    assert [one["status"] for one in told(batch).values()] == [500, 200]
    assert "encryption_master_key_base64" in caplog.text
    assert SECRET not in caplog.text


async def test_an_iteration_that_stops_in_the_wrong_place_ends_no_answer(form: Form) -> None:
    async with site(form, identify=lambda _: next(iter(()))) as here:
        answer = await here.post(CHANNELS, ASKED, OWN_PAGE)
    assert error(answer, 500) == "this could not be answered"


async def test_an_application_that_has_closed_cannot_answer_just_now() -> None:
    async with site("blocking") as here:
        bearer = here.bearer("ann")
    answer = await here.post(CHANNELS, ASKED, bearer)
    assert error(answer, 503) == "this cannot be answered just now: ask again later"


async def test_where_nobody_could_be_known_the_application_is_told_at_once() -> None:
    with pytest.raises(SettingsError, match="tokens"):
        PusherEndpoints(SHOP, Tidings())
    with pytest.raises(SettingsError, match="tokens"):
        BlockingPusherEndpoints(SHOP, blocking.Tidings())
