"""Whatever a client sends, it is a request or told what is wrong; nothing else ever happens."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchanges import requests
from tidings import Position
from tidings.changes import SEEN, Change
from tidings_websocket import commands
from tidings_websocket.commands import Command, Request
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain import PlainDialect
from tidings_websocket.plain.asked import FIELDS
from tidings_websocket.plain.writing import write

DIALECT = PlainDialect()
SECRET = "hunter2"
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=10,
)


def read(text: str) -> Request:
    return DIALECT.read(text, "a connection")


def asked(request: str, **fields: Any) -> Command:
    return read(json.dumps({"request": request, "id": 1, **fields})).command


def problem(text: str) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(text)
    assert SECRET not in str(caught.value)
    assert len(str(caught.value)) < 1000
    return caught.value


def wrong(request: str, **fields: Any) -> str:
    """Return what is said of a request with these fields; its name is always given back."""
    error = problem(json.dumps({"request": request, "id": "r", **fields}))
    assert error.ref == "r"
    return str(error)


@given(st.text(st.characters()))
def test_any_text_is_a_request_or_malformed(text: str) -> None:
    with suppress(Malformed):
        read(text)


@given(JSON)
def test_any_json_is_a_request_or_malformed(value: Any) -> None:
    with suppress(Malformed):
        read(json.dumps(value))


@given(
    st.sampled_from(list(FIELDS)).flatmap(
        lambda name: st.fixed_dictionaries(
            {"request": st.just(name), "id": st.just(1)},
            optional=dict.fromkeys(FIELDS[name], JSON),
        )
    )
)
def test_fields_of_any_type_are_a_request_or_malformed(fields: dict[str, Any]) -> None:
    with suppress(Malformed):
        read(json.dumps(fields))


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A valid request, of which pieces were cut, doubled, moved or replaced."""
    text = write(draw(requests)).decode()
    for _ in range(draw(st.integers(1, 4))):
        places = st.integers(0, len(text))
        start, end = sorted((draw(places), draw(places)))
        cut = text[start:end]
        put = draw(st.sampled_from(["", cut * 2, cut[::-1], *'{}[]",:\\0-', "\ud800", "1e999"]))
        text = text[:start] + put + text[end:]
    return text


@given(mutations())
def test_a_damaged_request_is_a_request_or_malformed(text: str) -> None:
    with suppress(Malformed):
        read(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "EOF"),
        ("[]", "no object"),
        ("null", "no object"),
        ('{"id":1,"request":"ping"} {}', "trailing characters"),
        ('{"id":1,"id":2,"request":"ping"}', "twice"),
        ('{"id":1,"request":"publish","data":[{"a":1,"a":2}]}', "twice"),
        ('{"id":1,"request":"publish","data":NaN}', "expected value"),
        ('{"id":1,"request":"publish","data":-Infinity}', "invalid number"),
        ('{"id":1,"request":"publish","data":1e999}', "too large"),
        ('{"id":1,"request":"publish","data":' + "9" * 5000 + "}", "out of range"),
        ('{"id":1,"request":"publish","data":' + "[" * 100_000, "recursion limit"),
        ('{"id":1,"request":"publish","data":' + "[" * 300 + "]" * 300 + "}", "recursion limit"),
        ('{"id":1,"request":"publish","data":"\ud800"}', "surrogate"),
        ('{"id":1,"request":"publish","data":"\\ud800"}', "hex escape"),
        ('{"id":1,"request":"publish","data":"\x00"}', "control character"),
        ("\ufeff{}", "expected value"),
    ],
)
def test_what_readers_of_json_may_understand_differently_is_refused(text: str, words: str) -> None:
    error = problem(text)
    assert words in str(error)
    assert error.ref is None


@pytest.mark.parametrize("ref", ["a", "x" * 64, "ü\n", 0, 2**53])
def test_a_request_has_the_name_it_was_given(ref: str | int) -> None:
    assert read(json.dumps({"request": "ping", "id": ref})) == Request(ref, commands.Ping())


@pytest.mark.parametrize("ref", [None, "", "x" * 65, -1, 2**53 + 1, 1.0, True, [], {}])
def test_what_can_be_no_name_is_refused(ref: Any) -> None:
    error = problem(json.dumps({"request": "ping", "id": ref}))
    assert str(error).startswith("id: must be")
    assert error.ref is None


def test_data_goes_on_as_it_came() -> None:
    text = '{"id":1,"request":"publish","channel":"a","event":"b", "data" : [1.50,\n "\\u00fc"] }'
    assert read(text).command == commands.Publish("a", "b", b'[1.50,\n "\\u00fc"]')


def test_an_event_without_data_has_null() -> None:
    assert asked("publish", channel="a", event="b") == commands.Publish("a", "b", b"null")


def test_a_change_of_all_says_how_far_it_goes() -> None:
    through = {"epoch": "e", "offset": 7}
    command = asked("mark", change="see", through=through, category="builds")
    assert command == commands.Mark(None, Change(SEEN, (), Position("e", 7), "builds"))


def test_a_notification_is_understood_in_camel_case_too() -> None:
    said = {"heading": "Build passed", "imageUrl": "https://example.org/a.png"}
    command = asked("push", users=["ann"], notification=said)
    assert isinstance(command, commands.Push)
    assert command.notification.image_url == "https://example.org/a.png"


@pytest.mark.parametrize(
    ("request_", "fields", "words"),
    [
        (SECRET, {}, "request: there is no such request"),
        ("subscribr", {}, "did you mean 'subscribe'?"),
        ("subscribe", {"chanel": "a"}, "chanel: there is no such field; did you mean 'channel'?"),
        ("subscribe", {}, "channel: is missing"),
        ("subscribe", {"channel": 7}, "channel: must be text"),
        ("subscribe", {"channel": "a " + SECRET}, "channel: must be 1 to 164 characters of A-Z"),
        ("publish", {"channel": "#tidings", "event": "b"}, "channel: must be 1 to 164 characters"),
        ("recall", {"channel": "#tidings", "after": 0}, "channel: must be 1 to 164 characters"),
        ("subscribe", {"channel": "a", "after": 7}, "after: must be a position"),
        ("subscribe", {"channel": "a", "after": {"epoch": "a", "offset": -1}}, "after: must be a"),
        ("subscribe", {"channel": "a", "after": {"epoch": "", "offset": 1, "x": 1}}, "after: must"),
        ("subscribe", {"channel": "a", "after": {"epoch": "a", "offset": True}}, "after: must be"),
        ("subscribe", {"channel": "a", "after": {"epoch": "\0", "offset": 1}}, "after: must be a"),
        ("publish", {"channel": "a", "event": "tidings:" + SECRET}, "not begin with tidings:"),
        ("publish", {"channel": "a", "event": "b", "echo": 1}, "echo: must be true or false"),
        ("publish", {"channel": "a", "event": "b", "data": "x" * 65536}, "data: must be at most"),
        ("publish", {"channel": "a", "event": "b", "event_id": "ü"}, "event_id: must be 1 to 128"),
        ("authenticate", {"token": SECRET * 2000}, "token: must be text of 1 to 8,192 characters"),
        ("push", {"users": [], "notification": {"heading": "x"}}, "users: must be 1 to 1,000"),
        ("push", {"users": ["a"] * 1001, "notification": {"heading": "x"}}, "1 to 1,000 users"),
        ("push", {"users": ["\0"], "notification": {"heading": "x"}}, "users: must be 1 to"),
        ("push", {"users": ["a"], "notification": {"hedding": SECRET}}, "did you mean 'heading'?"),
        (
            "push",
            {"users": ["a"], "notification": SECRET},
            "notification: must be an object",
        ),
        (
            "push",
            {"users": ["a"], "notification": {"heading": "x", "expires_at": "2030-01-01T00:00"}},
            "notification.expires_at: needs a time zone",
        ),
        (
            "push",
            {"users": ["a"], "notification": {"heading": "x", "payload": {"pth": SECRET}}},
            "notification.payload.pth: there is no such field; did you mean 'path'?",
        ),
        ("mark", {"change": "open"}, "name either ids or the position"),
        ("mark", {"change": "opened", "ids": ["a"]}, "change: must be 'open', 'unopen'"),
        ("mark", {"change": "see", "ids": ["a"] * 101}, "ids: must be 1 to 100 ids"),
        ("mark", {"change": "see", "ids": ["a"], "category": "b"}, "category: narrows through"),
        (
            "mark",
            {"change": "see", "ids": ["a"], "through": {"epoch": "e", "offset": 1}},
            "name either ids or the position",
        ),
        ("page", {"limit": 1001}, "limit: must be a whole number from 1 to 1,000"),
        ("page", {"limit": 1.5}, "limit: must be a whole number"),
        ("page", {"since": 7}, "since: must be text, as 2030-01-31T09:00:00+01:00"),
        ("page", {"since": "2030-01-31T09:00:00"}, "since: needs a time zone"),
        ("page", {"since": SECRET}, "since: must be text, as 2030"),
        ("page", {"since": "1893456000"}, "since: must be text, as 2030"),
        ("page", {"since": "2030-02-31T09:00Z"}, "since: must be a time"),
        ("page", {"ids": ["a\0"]}, "ids: must be 1 to 100 ids, each of 1 to 128 characters, none"),
        ("page", {"state": "new"}, "state: must be 'pending', 'unseen', 'opened' or 'archived'"),
        ("page", {"category": "a\0"}, "category: must be 1 to 64 characters"),
        ("disconnect", {"user": "a", "not_before": "2030-01-31T09:00Z"}, "send revoke: true"),
        ("heads", {"channels": ["a"] * 1001}, "channels: must be 1 to 1,000 channels"),
        (
            "enter",
            {"channel": "a", "user": "b", "info": [SECRET]},
            "info: must be an object",
        ),
        (
            "enter",
            {"channel": "a", "user": "b", "info": {"x": "y" * 65536}},
            "info: must be at most",
        ),
        ("recall", {"channel": "a", "after": 2**53 + 1}, "after: must be a whole number from 0"),
        ("ping", {SECRET * 7: 1}, "a field: there is no such field"),
        ("page", dict.fromkeys("abcde", 1), "; and 2 more"),
    ],
)
def test_a_wrong_field_is_told_in_plain_words(
    request_: str, fields: dict[str, Any], words: str
) -> None:
    assert words in wrong(request_, **fields)
