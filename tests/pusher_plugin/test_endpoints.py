"""What Pusher's clients ask for over HTTP, and what they are answered."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pusher_plugin.endpoint_forms import (
    CHANNELS,
    SOCKET,
    USER,
    Form,
    error,
    signs_channel,
    signs_user,
    site,
    told,
)
from tidings import AccessRequest, Denial, Grant, Identity, hookimpl


class Rooms:
    """A policy: everyone may enter rooms, and is shown there by name; the cellar is closed."""

    name = "rooms"

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:
        if request.channel == "presence-cellar":
            return Denial("the cellar is flooded")
        if request.channel.startswith(("presence-", "private-encrypted-")) and request.identity:
            return Grant(member={"name": request.identity.user.title()})
        return None


@pytest.fixture(params=["asgi", "blocking"])
def form(request: pytest.FixtureRequest) -> Form:
    chosen: Form = request.param
    return chosen


async def test_a_client_is_let_into_its_users_channel(form: Form) -> None:
    async with site(form) as here:
        answer = await here.channels("ann", "private-user-ann")
    assert answer.status == 200
    assert set(told(answer)) == {"auth"}
    assert signs_channel(told(answer), "private-user-ann")


async def test_the_same_as_json(form: Form) -> None:
    asked = {"socket_id": SOCKET, "channel_name": "private-user-ann", "of its own": [1, None]}
    async with site(form) as here:
        answer = await here.json(CHANNELS, asked, here.bearer("ann"))
    assert signs_channel(told(answer), "private-user-ann")


async def test_a_member_is_shown_as_the_policy_says(form: Form) -> None:
    async with site(form, Rooms()) as here:
        data = told(await here.channels("ann", "presence-hall"))
    assert json.loads(data["channel_data"]) == {"user_id": "ann", "user_info": {"name": "Ann"}}
    assert signs_channel(data, "presence-hall")


async def test_an_encrypted_channel_comes_with_its_key(form: Form) -> None:
    async with site(form, Rooms()) as here:
        data = told(await here.channels("ann", "private-encrypted-channel"))
    assert data["shared_secret"] == "VmIsNZtCSteh8kazd2toc+ofhohBtUouQRSDtRvuyVI="


async def test_nobody_keeps_an_answer(form: Form) -> None:
    async with site(form) as here:
        for channel in ("private-user-ann", "private-user-bob"):
            answer = await here.channels("ann", channel)
            assert {k.lower(): v for k, v in answer.headers.items()}["cache-control"] == "no-store"


async def test_a_denial_is_told_in_the_policys_words(form: Form) -> None:
    async with site(form, Rooms()) as here:
        assert error(await here.channels("ann", "presence-cellar"), 403) == "the cellar is flooded"
        assert error(await here.channels("ann", "private-user-bob"), 403) == "not granted"


async def test_each_channel_of_a_batch_is_answered_as_the_plugin_for_batches_wants_it(
    form: Form,
) -> None:
    wanted = ["private-user-ann", "presence-hall", "presence-cellar", "public"]
    async with site(form, Rooms()) as here:
        answer = await here.channels("ann", *wanted)
        as_json = await here.json(
            CHANNELS, {"socket_id": SOCKET, "channel_name": wanted}, here.bearer("ann")
        )
    answers = told(answer)
    assert answer.status == 200
    assert answers == told(as_json)
    assert [answers[channel]["status"] for channel in wanted] == [200, 200, 403, 400]
    assert signs_channel(answers["private-user-ann"]["data"], "private-user-ann")
    assert signs_channel(answers["presence-hall"]["data"], "presence-hall")
    assert answers["presence-cellar"] == {"status": 403, "error": "the cellar is flooded"}


@pytest.mark.parametrize(
    "body",
    [
        "&socket_id=1.2&channel_name[0]=private-user-ann",  # as pusher-js-auth sends it
        "socket_id=1.2&channel_name%5B%5D=private-user-ann&channel_name%5B%5D=private-user-ann",
    ],
)
async def test_a_batch_of_one_is_a_batch(form: Form, body: str) -> None:
    async with site(form) as here:
        answers = told(await here.post(CHANNELS, body, here.bearer("ann")))
    assert list(answers) == ["private-user-ann"]
    assert signs_channel(answers["private-user-ann"]["data"], "private-user-ann", "1.2")


async def test_a_user_signs_in(form: Form) -> None:
    async with site(form) as here:
        as_form = told(await here.post(USER, {"socket_id": SOCKET}, here.bearer("ann")))
        as_json = told(await here.json(USER, {"socket_id": SOCKET}, here.bearer("ann")))
    assert as_form == as_json
    assert json.loads(as_form["user_data"]) == {"id": "ann"}
    assert signs_user(as_form)


async def test_a_user_is_shown_and_watches_as_the_application_says(form: Form) -> None:
    def info(identity: Identity) -> dict[str, str]:
        return {"name": identity.user.title()}

    def watchlist(identity: Identity) -> list[str]:
        return ["bob", "cyd"]

    async with site(form, info=info, watchlist=watchlist) as here:
        data = told(await here.post(USER, {"socket_id": SOCKET}, here.bearer("ann")))
    shown = {"id": "ann", "user_info": {"name": "Ann"}, "watchlist": ["bob", "cyd"]}
    assert json.loads(data["user_data"]) == shown
    assert signs_user(data)


async def test_an_async_application_may_look_such_things_up() -> None:
    async def info(identity: Identity) -> dict[str, str]:
        return {"name": identity.user.title()}

    async with site("asgi", info=info) as here:
        data = told(await here.post(USER, {"socket_id": SOCKET}, here.bearer("ann")))
    assert json.loads(data["user_data"])["user_info"] == {"name": "Ann"}


async def test_nothing_is_looked_up_for_a_user_who_may_not_sign_in(form: Form) -> None:
    class Closed:
        name = "closed"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Denial:
            return Denial("closed today")

    async with site(form, Closed(), info=lambda _: pytest.fail("asked")) as here:
        answer = await here.post(USER, {"socket_id": SOCKET}, here.bearer("ann"))
    assert error(answer, 403) == "closed today"


@pytest.mark.parametrize("path", ["/auth", "/broadcasting/auth/", "/api/v1/pusher/auth"])
async def test_it_is_found_below_any_path(form: Form, path: str) -> None:
    asked = {"socket_id": SOCKET, "channel_name": "private-user-ann"}
    async with site(form) as here:
        answer = await here.post(path, asked, here.bearer("ann"))
    assert signs_channel(told(answer), "private-user-ann")


@pytest.mark.parametrize("path", ["/", "/pusher", "/pusher/auth/more", "/no-auth"])
async def test_elsewhere_there_is_nothing(form: Form, path: str) -> None:
    async with site(form) as here:
        assert "the paths end in /auth" in error(await here.post(path, {}, here.bearer("ann")), 404)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_is_a_question(form: Form, method: str) -> None:
    async with site(form) as here:
        answer = await here.ask(method, CHANNELS, here.bearer("ann"))
    assert error(answer, 405) == "send a POST request"
    assert {k.lower(): v for k, v in answer.headers.items()}["allow"] == "POST"


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", ""])
async def test_other_types_of_body_are_refused(form: Form, kind: str) -> None:
    async with site(form) as here:
        headers = here.bearer("ann") | {"content-type": kind}
        answer = await here.ask("POST", CHANNELS, headers, b"socket_id=1.2")
    assert "application/json" in error(answer, 415)


async def test_a_type_may_say_its_charset(form: Form) -> None:
    async with site(form) as here:
        kind = {"content-type": "Application/X-WWW-Form-urlencoded; charset=UTF-8"}
        asked = {"socket_id": SOCKET, "channel_name": "private-user-ann"}
        answer = await here.post(CHANNELS, asked, here.bearer("ann") | kind)
    assert answer.status == 200


def test_importing_the_plugin_and_its_endpoints_loads_none_of_the_transports_libraries() -> None:
    code = "import tidings_pusher as t, sys; t.PusherEndpoints; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603
    assert "tidings_pusher.endpoints" in loaded
    heavy = {"pusher", "pysher", "requests", "urllib3", "websocket", "nacl", "jwt", "starlette"}
    assert heavy.isdisjoint(loaded)
