"""Requests that nobody means well by, or that are mistaken: refused in words, never a failure."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pusher.errors import PusherBadAuth, PusherForbidden

from pusher_plugin.http_api.own_server import BLOG, CLOSED, SHOP, OwnServer, own_server
from tidings import Event, InvalidName, StoreError, hookimpl
from tidings_memory import MemoryBroker, MemoryStore
from tidings_pusher.server.http_api import fields, publications
from tidings_pusher.server.http_api.channel_names import naming
from tidings_pusher.server.http_api.refusals import Refused, refusal
from tidings_pusher.server.live_app import LiveApp
from tidings_pusher.server.plugin import PusherServer

EVENTS = "/apps/3/events"
GOOD: dict[str, Any] = {"name": "said", "channel": "news", "data": "x"}


async def test_a_good_request_is_answered_as_json(server: OwnServer) -> None:
    answer = await server.trigger({**GOOD, "of a library's own": {"x": [1]}})
    assert (answer.status_code, answer.text) == (200, "{}")
    assert answer.headers["content-type"] == "application/json"


async def test_a_forged_signature_publishes_nothing(
    server: OwnServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "tidings")
    forger = SHOP.model_copy(update={"secret": BLOG.secret})
    async with server.listener("news") as ann:
        with pytest.raises(PusherBadAuth, match="invalid signature"):
            await server.server_sdk("trigger", "news", "said", "x", app=forger)
        await ann.nothing_more()
    for app in (SHOP, BLOG):
        assert app.secret.get_secret_value() not in caplog.text


async def test_another_app_of_the_server_may_not_either(server: OwnServer) -> None:
    for app in (BLOG, BLOG.model_copy(update={"key": SHOP.key})):
        answer = await server.post(EVENTS, GOOD, app=app)
        assert answer.status_code == 401


async def test_a_truncated_signature_is_none(server: OwnServer) -> None:
    body = json.dumps(GOOD).encode()
    url = server.signed("POST", EVENTS, body)
    assert (await server.http.post(url[:-1], content=body)).status_code == 401


async def test_a_request_for_another_call_is_refused(server: OwnServer) -> None:
    answer = await server.post(EVENTS, GOOD, signed_path="/apps/3/batch_events")
    assert answer.status_code == 401


async def test_another_body_is_refused(server: OwnServer) -> None:
    url = server.signed("POST", EVENTS, json.dumps(GOOD).encode())
    answer = await server.http.post(url, content=json.dumps({**GOOD, "data": "y"}).encode())
    assert answer.status_code == 401
    assert "body_md5" in answer.json()["error"]
    answer = await server.http.post(server.signed("POST", EVENTS), json=GOOD)
    assert answer.status_code == 401


async def test_what_was_recorded_long_ago_is_refused() -> None:
    async with own_server(now=1_900_000_000.0) as server:
        for age, status in ((600, 200), (601, 401), (-600, 200), (-601, 401)):
            answer = await server.post(EVENTS, GOOD, age=age)
            assert answer.status_code == status
        assert "1900000000" in answer.json()["error"]


async def test_an_app_that_is_not_served_is_not_found(server: OwnServer) -> None:
    stranger = SHOP.model_copy(update={"id": "7"})
    assert (await server.trigger(GOOD, app=stranger)).status_code == 404


async def test_a_disabled_app_is_forbidden(server: OwnServer) -> None:
    with pytest.raises(PusherForbidden, match="disabled"):
        await server.server_sdk("trigger", "news", "said", "x", app=CLOSED)


async def test_a_call_that_does_not_exist_is_not_found(server: OwnServer) -> None:
    answer = await server.get("/apps/3/everything")
    assert answer.status_code == 404
    assert answer.json()["error"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_the_wrong_method_is_told_the_right_one(server: OwnServer, method: str) -> None:
    answer = await server.http.request(method, server.signed(method, EVENTS))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    answer = await server.post("/apps/3/channels")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"name=said&channel=news&data=x",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"name":' + b"9" * 50_000 + b"}",
        b'{"name":"said","channel":"news","data":"\\ud800"}',
        b'{"name":"said","channel":"news","data":"\xc3"}',
        b'{"name":"said","channel":"news","data":"x"',
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_a_body_that_says_nothing_is_refused(server: OwnServer, body: bytes) -> None:
    assert (await server.post(EVENTS, body)).status_code == 400
    assert (await server.post("/apps/3/batch_events", body)).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"name": ""},
        {"name": 5},
        {"name": "x" * 201},
        {"name": "a\x00b"},
        {"name": "pusher:ping"},
        {"name": "pusher_internal:member_added"},
        {"name": "tidings:pusher:x"},
        {"data": None},
        {"data": {"not": "text"}},
        {"data": 5},
        {"channel": None},
        {"channel": 5},
        {"channel": ""},
        {"channel": "a b"},
        {"channel": "#tidings"},
        {"channel": "#server-to-user-"},
        {"channel": "x" * 165},
        {"channels": "news"},
        {"channels": []},
        {"channels": [None]},
        {"channels": [["news"]]},
        {"channels": [f"c{n}" for n in range(101)]},
        {"socket_id": "123"},
        {"socket_id": "1.2.3"},
        {"socket_id": "1.2\n"},
        {"socket_id": "१.२"},
        {"socket_id": 1.2},
        {"socket_id": ""},
        {"info": 5},
        {"info": "cache"},
        {"info": "user_count,secret"},
    ],
    ids=repr,
)
async def test_an_event_that_cannot_be_is_refused_in_words(
    server: OwnServer, wrong: dict[str, Any]
) -> None:
    answer = await server.trigger({**GOOD, **wrong})
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("batch", [None, {}, [5], [GOOD] * 11, [[]]], ids=repr)
async def test_a_batch_that_cannot_be_is_refused(server: OwnServer, batch: object) -> None:
    assert (await server.post("/apps/3/batch_events", {"batch": batch})).status_code == 400


@pytest.mark.parametrize(
    ("header", "part"),
    [("Content-Length: 1000000000", b""), ("Transfer-Encoding: chunked", b"10000\r\n%b\r\n")],
    ids=["announced", "in parts"],
)
async def test_a_body_that_is_too_large_is_not_read_to_its_end(
    server: OwnServer, header: str, part: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.http.base_url.port)
    url = server.signed("POST", EVENTS, b"x")
    writer.write(f"POST {url} HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
    writer.write(part and part % (b"x" * (1 << 16)) * 16)
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()
    await writer.wait_closed()


async def test_a_client_that_hangs_up_halfway_troubles_nobody(
    server: OwnServer, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.http.base_url.port)
    url = server.signed("POST", EVENTS, b"{}")
    writer.write(f"POST {url} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
    await writer.drain()
    writer.close()
    assert await reader.read() == b""
    await writer.wait_closed()
    assert (await server.trigger(GOOD)).status_code == 200
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


class Broken(MemoryStore):
    """A store that fails, with words that nobody is to read."""

    @hookimpl
    async def persist(self, events: Any) -> Any:
        raise OSError("password=hunter2")


class Refusing(MemoryStore):
    """A store that is told to fail by nobody but itself."""

    @hookimpl
    async def persist(self, events: Any) -> Any:
        return [StoreError("disk full at /secret/path")] * len(events)


@pytest.mark.parametrize("store", [Broken, Refusing])
async def test_what_the_store_does_not_take_may_be_sent_again(
    store: type[MemoryStore], caplog: pytest.LogCaptureFixture
) -> None:
    async with own_server(plugins=(MemoryBroker(), store())) as server:
        answer = await server.trigger({**GOOD, "channel": "private-user-ann"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json() == {"error": "the store could not take this: try again"}
        assert (await server.trigger(GOOD)).status_code == 200
    assert "HTTP API failed" in caplog.text
    assert "hunter2" not in caplog.text
    assert "/secret/path" not in caplog.text


class Forgetful(MemoryBroker):
    """A broker that fails where it is asked who is present."""

    async def members(self, channel: str) -> Any:
        raise OSError("password=hunter2")


async def test_a_failure_is_told_without_what_failed(caplog: pytest.LogCaptureFixture) -> None:
    async with own_server(plugins=(Forgetful(), MemoryStore())) as server:
        answer = await server.get("/apps/3/channels/presence-x/users")
        assert answer.status_code == 500
        assert answer.json() == {"error": "the server could not do this"}
    assert "OSError at test_refusing.py" in caplog.text
    assert "hunter2" not in caplog.text


async def test_before_the_application_is_open_it_is_to_be_tried_again() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "POST", "path": EVENTS, "query_string": b"", "headers": []}
    await PusherServer(apps=[SHOP]).http(scope, receive, send)
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0]["headers"]


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "name": JSON | st.sampled_from(["said", "tidings:x", "client-x"]),
        "data": JSON | st.text() | st.just('{"_tidings":{"id":[]}}'),
        "channel": JSON | st.sampled_from(["news", "#server-to-user-ann"]),
        "channels": JSON | st.lists(st.sampled_from(["a", "b", "private-encrypted-c"])),
        "socket_id": JSON | st.just("1.2"),
        "info": JSON | st.just("user_count"),
    },
)


@given(EVENT | JSON, st.lists(EVENT | JSON, max_size=3) | JSON)
def test_whatever_a_body_says_it_is_read_or_refused(event: Any, batch: Any) -> None:
    live = LiveApp(BLOG, [BLOG, SHOP], lambda: 0.0)
    own = naming(live, lambda _: False)
    for read, body in ((publications.published, event), (publications.batch, {"batch": batch})):
        status = 200
        try:
            found = read(live, fields.mapping(body, "the body"), own)
            assert all(isinstance(one.event, Event) for one in found)
        except (Refused, InvalidName) as error:
            status = refusal(error).status
        assert status in {200, 400, 413}


@given(st.binary(max_size=100))
def test_whatever_bytes_a_body_has_they_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(fields.json_object(body), dict)
