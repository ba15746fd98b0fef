"""Bodies that nobody means well by: refused with words, and never more than a little work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pusher_plugin.endpoint_forms import (
    CHANNELS,
    FORM,
    JSON,
    SOCKET,
    USER,
    Form,
    error,
    site,
    told,
)
from tidings import AccessRequest, Grant, hookimpl
from tidings_pusher.access_request import BODY_LIMIT

ALSO = f"socket_id={SOCKET}&channel_name=private-user-ann"


@pytest.fixture(params=["asgi", "blocking"])
def form(request: pytest.FixtureRequest) -> Form:
    chosen: Form = request.param
    return chosen


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "socket_id must be there"),
        ("socket_id=1.2", "channel_name must be there"),
        ("socket_id=1.2&channel_name=", "channel_name must be there"),
        ("socket_id=1.2&channel_name[]=", "channel ''"),
        ("channel_name=private-user-ann", "socket_id must be there"),
        ("socket_id=&channel_name=private-user-ann", "socket_id must be there"),
        (f"{ALSO}&socket_id=1.2", "socket_id stands more than once"),
        (f"{ALSO}&channel_name=private-user-bob", "channel_name stands more than once"),
        (f"{ALSO}&channel_name[0]=private-user-bob", "channel_name stands more than once"),
        ("socket_id=1.2&channel_name[0]=private-a&channel_name[0]=private-b", "more than once"),
        ("socket_id=1.2&" + "a=b&" * 5_000, "at most 200 fields"),
        ("socket_id=1.2" + "&" * 5_000, "at most 200 fields"),
        (f"{ALSO}&x=%ff", "no UTF-8"),
        ("socket_id=1.2::user::{}&channel_name=private-user-ann", "socket id"),
        ("socket_id=1.2&channel_name=%23tidings", "channel '#tidings'"),
        ("socket_id=1.2&channel_name=public", "is public"),
        ("socket_id=1.2&channel_name=private-%00", "a name is made of"),
        ("socket_id=1.2&channel_name=private-" + "a" * 200, "longer than"),
        ("socket_id=1.2&" + "&".join(f"channel_name[{i}]=private-{i}" for i in range(101)), "100"),
    ],
)
async def test_a_form_that_is_wrong_is_told_so(form: Form, body: str, words: str) -> None:
    async with site(form) as here:
        answer = await here.post(CHANNELS, body, here.bearer("ann"))
    if answer.status == 200:  # a batch, each with its own
        (answer_to_one,) = told(answer).values()
        assert answer_to_one["status"] == 400
        assert words in answer_to_one["error"]
    else:
        assert words in error(answer, 400)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"[" * 60_000, "no JSON"),
        (b'{"a":' * 10_000, "no JSON"),
        (b'{"socket_id": ' + b"9" * 5_000 + b"}", "no JSON"),
        (b'{"socket_id": "1.2", "channel_name": "\xff"}', "no UTF-8"),
        ('{"socket_id": "1.2"}'.encode("utf-16"), "no UTF-8"),
        (b"[]", "send a JSON object"),
        (b'"1.2"', "send a JSON object"),
        (b'{"socket_id": 1.2, "channel_name": "private-a"}', "socket_id must be there"),
        (b'{"socket_id": "1.2", "channel_name": {}}', "channel_name must be there"),
        (b'{"socket_id": "1.2", "channel_name": []}', "ask for 1 to 100"),
        (b'{"socket_id": "1.2", "channel_name": ["private-a", ["private-b"]]}', "list of texts"),
        (b'{"socket_id": "1.2", "channel_name": "private-\\ud800"}', "a name is made of"),
        (b'{"socket_id": "1.2", "socket_id": "1.3", "channel_name": "private-a"}', "more than"),
        (b'{"socket_id": "1.2", "channel_name": "a", "channel_name": "b"}', "more than once"),
        (json.dumps({"socket_id": "1.2", "channel_name": ["private-a"] * 101}).encode(), "100"),
        (json.dumps({"socket_id": "1.2", "channel_name": [""] * 9_000}).encode(), "100"),
    ],
)
async def test_json_that_is_wrong_is_told_so(form: Form, body: bytes, words: str) -> None:
    async with site(form) as here:
        answer = await here.ask("POST", CHANNELS, JSON | here.bearer("ann"), body)
    assert words in error(answer, 400)


@pytest.mark.parametrize("body", ["", "socket_id=1", "socket_id=1.2%0a", "socket_id=1.2&" * 2])
async def test_a_sign_in_that_is_wrong_is_told_so(form: Form, body: str) -> None:
    async with site(form) as here:
        assert "socket" in error(await here.post(USER, body, here.bearer("ann")), 400)


async def test_a_body_may_have_64_kibibytes_and_no_more(form: Form) -> None:
    longest = f"{ALSO}&x=".ljust(BODY_LIMIT, "x").encode()
    async with site(form) as here:
        headers = FORM | here.bearer("ann")
        assert (await here.ask("POST", CHANNELS, headers, longest)).status == 200
        answer = await here.ask("POST", CHANNELS, headers, longest + b"x")
        announced = headers | {"content-length": str(10**15)}
        assert (await here.ask("POST", CHANNELS, announced, b"x")).status == 413
    assert error(answer, 413) == "a body has at most 65,536 bytes"


@pytest.mark.parametrize("length", ["-1", "ten", "9" * 5_000, "\u0661"])
async def test_a_length_that_is_none_does_no_harm(length: str) -> None:
    async with site("blocking") as here:
        headers = FORM | here.bearer("ann") | {"content-length": length}
        assert (await here.ask("POST", CHANNELS, headers, ALSO.encode())).status == 200


async def test_a_batch_asks_once_for_each_channel_and_for_100_at_most(form: Form) -> None:
    asked: list[str] = []

    class Counting:
        name = "counting"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant:
            asked.append(request.channel)
            return Grant()

    async with site(form, Counting()) as here:
        names = [f"private-{i % 50}" for i in range(100)]
        answers = told(await here.channels("ann", *names))
    assert asked == list(dict.fromkeys(names)) == list(answers)


async def test_a_connection_that_is_none_is_refused_before_anything_is_asked(form: Form) -> None:
    class Unasked:
        name = "unasked"

        @hookimpl
        async def authorize(self, request: AccessRequest) -> Grant:
            raise AssertionError(request)

    async with site(form, Unasked()) as here:
        for names in (["private-a"], ["private-a", "private-b"]):
            answer = await here.channels("ann", *names, socket="1.2::user::{}")
            assert "socket id" in error(answer, 400)


async def test_channels_that_javascript_has_names_for_are_refused_as_others_are(
    form: Form,
) -> None:
    async with site(form) as here:
        answers = told(await here.channels("ann", "__proto__", "constructor"))
    assert {name: answer["status"] for name, answer in answers.items()} == {
        "__proto__": 400,
        "constructor": 400,
    }


async def test_a_client_that_hangs_up_is_not_answered() -> None:
    said: list[Mapping[str, Any]] = []
    begun: Mapping[str, Any] = {"type": "http.request", "body": b"so", "more_body": True}
    heard = iter([begun, {"type": "http.disconnect"}])

    async def receive() -> Mapping[str, Any]:
        return next(heard)

    async def send(message: Mapping[str, Any]) -> None:
        said.append(message)

    async with site("asgi") as here:
        headers = [(k.encode(), v.encode()) for k, v in (FORM | here.bearer("ann")).items()]
        scope = {"type": "http", "method": "POST", "path": CHANNELS, "headers": headers}
        await here.application(scope, receive, send)
    assert said == []


async def test_no_more_is_read_than_is_allowed() -> None:
    said: list[Mapping[str, Any]] = []
    read = 0

    async def receive() -> Mapping[str, Any]:
        nonlocal read
        read += 10_000
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": True}

    async def send(message: Mapping[str, Any]) -> None:
        said.append(message)

    async with site("asgi") as here:
        headers = [(k.encode(), v.encode()) for k, v in (FORM | here.bearer("ann")).items()]
        scope = {"type": "http", "method": "POST", "path": CHANNELS, "headers": headers}
        await here.application(scope, receive, send)
    assert said[0]["status"] == 413
    assert read < BODY_LIMIT + 10_000


async def test_it_is_nothing_but_http() -> None:
    said: list[str] = []
    told_it = iter(
        [
            {"type": "lifespan.startup"},
            {"type": "lifespan.shutdown"},
            {"type": "websocket.connect"},
        ]
    )

    async def receive() -> Mapping[str, Any]:
        return next(told_it)

    async def send(message: Mapping[str, Any]) -> None:
        said.append(message["type"])

    async with site("asgi") as here:
        await here.application({"type": "lifespan"}, receive, send)
        await here.application({"type": "websocket", "path": CHANNELS}, receive, send)
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]
