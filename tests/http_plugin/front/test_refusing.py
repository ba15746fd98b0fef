"""What is refused, and how: always a problem document, which says what to do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from fronts import warnings
from http_site import Open, Site
from tidings import SettingsError
from tidings_http import HttpFront

JSON = {"content-type": "application/json"}


def problem(answer: httpx.Response) -> dict[str, Any]:
    """Return a problem document that is whole."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"] == f"urn:tidings:problem:{told['code']}"
    assert told["title"]
    assert told["detail"]
    return told


async def test_what_is_not_there_is_not_found(here: Site) -> None:
    for path in ("/inbox/none", "/inbox/", "/users/ann", "/users", "/channels/news", "/push/"):
        told = problem(await here.get(path, "ann"))
        assert told["status"] in (404, 405)
    assert problem(await here.get("/inbox/none/none", "ann"))["code"] == "not_found"


async def test_a_method_that_is_not_meant_is_told_which_is(here: Site) -> None:
    answer = await here.ask("DELETE", "/inbox", "ann")
    assert problem(answer)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET"
    assert (await here.get("/push", "ann")).headers["allow"] == "POST"


@pytest.mark.parametrize(
    "path",
    [
        "/inbox?x=1",
        "/inbox?Limit=1",
        "/inbox/counts?x=1",
        "/inbox/log?after=0&x=1",
        "/inbox/events?x=1",
        "/channels/news/events?x=1",
        "/channels/news/log?after=0&x=1",
        "/users/ann/inbox?x=1",
        "/healthz?x=1",
        "/readyz?x=1",
        "/metrics?x=1",
    ],
)
async def test_a_parameter_that_is_not_known_is_refused_by_name(here: Site, path: str) -> None:
    told = problem(await here.get(path, "ops"))
    name = "Limit" if "Limit" in path else "x"
    assert told["errors"] == [{"field": f"query.{name}", "detail": "there is no such parameter"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/inbox/open", {"all": True}),
        ("/push", {"users": ["ann"], "notification": {"heading": "x"}}),
        ("/publish", {"events": [{"channel": "a", "name": "b"}]}),
        ("/heads", {"channels": ["a"]}),
    ],
)
async def test_so_is_a_field(here: Site, path: str, body: dict[str, Any]) -> None:
    assert (await here.post(path, "ops", body)).is_success
    told = problem(await here.post(path, "ops", body | {"udders": 1}))
    assert told["errors"] == [{"field": "body.udders", "detail": "there is no such field"}]
    assert problem(await here.post(f"{path}?x=1", "ops", body))["status"] == 422


async def test_a_name_that_looks_like_none_is_not_repeated(here: Site) -> None:
    told = problem(await here.get("/inbox", "ann", params={"<script>": "1", "x" * 50: "2"}))
    assert {error["field"] for error in told["errors"]} == {"query.a field"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("state=closed", "state"),
        ("category=", "category"),
        (f"category={'x' * 65}", "category"),
        ("category=a%0Ab", "category"),
        ("since=yesterday", "since"),
        ("since=2030-01-31T09:00:00", "since"),
        ("since=1700000000", "since"),
        (f"id={'x' * 129}", "id.0"),
        ("&".join(["id=x"] * 101), "id"),
        (f"before={'x' * 100}", "before"),
    ],
)
async def test_every_parameter_has_its_bounds(here: Site, query: str, field: str) -> None:
    told = problem(await here.get(f"/inbox?{query}", "ann"))
    assert told["status"] == 422
    assert [error["field"] for error in told["errors"]] == [f"query.{field}"]


@pytest.mark.parametrize("query", ["", "after=", "after=-1", "after=x", "after=9007199254740993"])
async def test_a_log_is_read_from_an_offset(here: Site, query: str) -> None:
    assert problem(await here.get(f"/inbox/log?{query}", "ann"))["status"] == 422


@pytest.mark.parametrize("after", ["x", "7", "x:-1", ":1", "x:1:"])
async def test_a_stream_goes_on_from_a_place(here: Site, after: str) -> None:
    assert problem(await here.get(f"/inbox/events?after={after}", "ann"))["status"] == 400
    answer = await here.get("/inbox/events", "ann", headers={"last-event-id": after})
    assert problem(answer)["status"] == 400


async def test_a_channel_that_cannot_be_one_is_refused(here: Site) -> None:
    for name in ("né", "a b", "%23tidings", "x" * 165):
        for path in ("events", "log?after=0"):
            told = problem(await here.get(f"/channels/{name}/{path}", "ops"))
            assert told["errors"][0]["field"] == "path.channel"


@pytest.mark.parametrize("path", ["/inbox/open", "/push", "/publish", "/heads"])
async def test_a_body_that_is_no_json_is_refused(here: Site, path: str) -> None:
    for body in (b"{", b'{"a":}', b"\xff", b'{"a":1}x', b"[" * 100_000):
        told = problem(await here.ask("POST", path, "ops", content=body, headers=JSON))
        assert told["status"] == 400
    for body in (b"", b"null", b"1", b'"x"', b"[]"):
        told = problem(await here.ask("POST", path, "ops", content=body, headers=JSON))
        assert told["status"] == 422


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
)
async def test_a_body_that_does_not_say_that_it_is_json_is_refused(
    here: Site, media_type: str
) -> None:
    headers = {"content-type": media_type} if media_type else {}
    answer = await here.ask("POST", "/inbox/open", "ann", content=b'{"all":true}', headers=headers)
    assert problem(answer)["status"] == 415


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "Application/JSON", "application/x+json"]
)
async def test_json_goes_by_several_names(here: Site, media_type: str) -> None:
    headers = {"content-type": media_type}
    answer = await here.ask("POST", "/inbox/open", "ann", content=b'{"all":true}', headers=headers)
    assert answer.is_success


async def test_a_body_over_the_limit_is_refused_before_it_is_read(opened: Open) -> None:
    async with opened(body=1_000) as here:
        note = {"heading": "x", "content": "y" * 1_000}
        told = problem(await here.post("/push", "ops", {"users": ["ann"], "notification": note}))
        assert told["status"] == 413

        async def parts() -> Any:
            for _ in range(10):
                yield b" " * 200

        endless = await here.ask("POST", "/push", "ops", content=parts(), headers=JSON)
        assert problem(endless)["status"] == 413
        note["content"] = "y" * 800
        fits = await here.post("/push", "ops", {"users": ["ann"], "notification": note})
        assert fits.is_success


async def test_a_body_that_does_not_come_is_not_waited_for(
    here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings_http.body.WITHIN", 0.05)
    headers = JSON | here.bearer("ann") | {"host": "localhost", "content-length": "100"}
    lines = [f"POST {here.prefix}/inbox/open HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
    writer.write("\r\n".join([*lines, "", '{"all":']).encode())
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
    assert b" 408 " in head.splitlines()[0]
    writer.transport.abort()


async def test_what_is_wrong_is_told_without_repeating_it(here: Site) -> None:
    body = {"users": ["ann"], "notification": {"heading": "hunter2\n", "content": 7}}
    answer = await here.post("/push", "ops", body)
    assert "hunter2" not in answer.text
    assert len(problem(answer)["errors"]) == 2
    assert problem(answer)["detail"].endswith(", and 1 more")


async def test_ten_things_that_are_wrong_are_told(here: Site) -> None:
    body = {"events": [{"channel": "news"}] * 50}
    told = problem(await here.post("/publish", "ops", body))
    assert len(told["errors"]) == 10
    assert told["detail"].endswith(", and 49 more")


async def test_nothing_strange_breaks_it(here: Site, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/inbox/%00", "/users/%ff/inbox", "/users//inbox", "/users/%0A/inbox", "//inbox"):
        assert (await here.get(path, "ops")).status_code < 500
    for number in ("1e999", "NaN", "-Infinity", "1" * 5000):
        body = f'{{"events":[{{"channel":"a","name":"b","data":{number}}}]}}'
        answer = await here.ask("POST", "/publish", "ops", content=body, headers=JSON)
        assert answer.status_code < 500
        if answer.is_success:
            assert answer.json()["results"][0]["error"]["code"] == "invalid_data"
    deep = json.dumps({"events": [{"channel": "a", "name": "b"}]})[:-3] + ',"data":'
    deep += "[" * 5_000 + "]" * 5_000 + "}]}"
    answer = await here.ask("POST", "/publish", "ops", content=deep, headers=JSON)
    assert answer.status_code < 500
    assert warnings(caplog) == []


async def test_many_requests_go_over_one_connection_whatever_became_of_them(opened: Open) -> None:
    async with opened(body=1_000) as here:
        for _ in range(3):
            assert (await here.post("/push", "ops", {"x": "y" * 5_000})).status_code == 413
            assert (await here.get("/inbox", "ann")).status_code == 200
        assert here.counters.requests == {413: 3, 200: 3}


@pytest.mark.parametrize(
    "limit",
    ["body", "answer", "streams", "per_user", "channels", "outgoing", "ping"],
)
def test_a_limit_that_lets_nobody_do_anything_is_refused(limit: str) -> None:
    with pytest.raises(SettingsError, match=f"HttpFront: {limit} must be more than 0"):
        HttpFront(**{limit: 0})  # type: ignore[arg-type]
