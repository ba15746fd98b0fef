"""Each frame that Pusher's documents show is sent byte for byte, and so is the order of members."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher_plugin.server.dialect.talking import Talk, error
from pusher_plugin.server.signing_by_hand import to_hear, to_sign_in
from tidings import Counts, Event, Member, Position
from tidings.presence import MEMBER_ADDED, MEMBER_REMOVED
from tidings_pusher.server.dialect import frames
from tidings_pusher.server.dialect.deliveries import delivered
from tidings_pusher.wire_data import from_text
from tidings_websocket.commands import Subscribed

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def test_a_connection_is_established() -> None:
    assert Talk().greeting == (
        b'{"event":"pusher:connection_established",'
        b'"data":"{\\"socket_id\\":\\"1234.1234\\",\\"activity_timeout\\":120}"}'
    )


def test_a_ping_is_answered() -> None:
    assert Talk().say("pusher:ping", {}) == (b'{"event":"pusher:pong","data":"{}"}',)
    assert Talk().say("pusher:pong", {}) == ()


@pytest.mark.parametrize("channel", ["news", "private-x", "private-encrypted-x"])
def test_a_subscription_succeeds(channel: str) -> None:
    frame = (
        f'{{"event":"pusher_internal:subscription_succeeded","channel":"{channel}","data":"{{}}"}}'
    )
    assert Talk().hear(channel) == (frame.encode(),)


def test_who_subscribes_to_a_presence_channel_is_told_who_is_there() -> None:
    talk = Talk()
    request = talk.hears("presence-room", {"user_id": 11})
    there = Subscribed("presence-room", None, [Member("ann", {"name": "Ann"}), Member("11")])
    data = (
        r"{\"presence\":{\"ids\":[\"ann\",\"11\"],"
        r"\"hash\":{\"ann\":{\"name\":\"Ann\"},\"11\":{}},\"count\":2}}"
    )
    assert talk.done(request, there) == (
        b'{"event":"pusher_internal:subscription_succeeded","channel":"presence-room","data":"'
        + data.encode()
        + b'"}',
    )


@pytest.mark.parametrize(
    ("name", "data", "event", "told"),
    [
        (
            MEMBER_ADDED,
            b'{"user":"11","info":{"name":"Ann"}}',
            b"pusher_internal:member_added",
            rb"{\"user_id\":\"11\",\"user_info\":{\"name\":\"Ann\"}}",
        ),
        (
            MEMBER_REMOVED,
            b'{"user":"11"}',
            b"pusher_internal:member_removed",
            rb"{\"user_id\":\"11\"}",
        ),
    ],
)
def test_members_come_and_go(name: str, data: bytes, event: bytes, told: bytes) -> None:
    frame = b'{"event":"%b","channel":"presence-room","data":"%b"}' % (event, told)
    assert delivered(Event("presence-room", name, data, "id"), recovery=False) == frame


@pytest.mark.parametrize(
    ("about", "data"),
    [
        ({"id": "ann"}, r"{\"id\": \"ann\"}"),
        ('{ "id":"ann","user_info":{"x":1.0} }', r"{ \"id\":\"ann\",\"user_info\":{\"x\":1.0} }"),
    ],
)
def test_a_user_is_signed_in_with_the_very_text_that_was_signed(about: object, data: str) -> None:
    frame = f'{{"event":"pusher:signin_success","data":{{"user_data":"{data}"}}}}'
    assert Talk().sign_in(about) == (frame.encode(),)


def test_counts_watchlists_and_cache_misses_are_told() -> None:
    assert frames.subscription_count("news", 7) == (
        b'{"event":"pusher_internal:subscription_count","channel":"news",'
        b'"data":"{\\"subscription_count\\":7}"}'
    )
    assert frames.watchlist(["ann"], ["bob", "eve"]) == (
        b'{"event":"pusher_internal:watchlist_events","data":"{\\"events\\":['
        b'{\\"name\\":\\"online\\",\\"user_ids\\":[\\"ann\\"]},'
        b'{\\"name\\":\\"offline\\",\\"user_ids\\":[\\"bob\\",\\"eve\\"]}]}"}'
    )
    assert Talk().hear("cache-news")[1] == b'{"event":"pusher:cache_miss","channel":"cache-news"}'


def test_errors_are_told_as_the_documents_and_pusher_js_have_them() -> None:
    assert frames.error("No", 4301) == (
        b'{"event":"pusher:error","data":{"message":"No","code":4301}}'
    )
    talk = Talk()
    talk.hear("news")
    again = b'{"message":"Existing subscription to channel news","code":null}'
    assert talk.hear("news") == (b'{"event":"pusher:error","data":' + again + b"}",)
    refused, said = talk.say("pusher:subscribe", {"channel": "private-x", "auth": "no:thing"})
    why = "the signature is not valid for this connection and channel"
    assert refused == (
        b'{"event":"pusher:subscription_error","channel":"private-x",'
        b'"data":{"type":"AuthError","error":"%s","status":401}}' % why.encode()
    )
    assert error([said]) == (f"channel private-x: {why}", 4009)


@given(NAMES, TEXT)
def test_a_publishers_text_is_forwarded_character_for_character(name: str, text: str) -> None:
    event = Event("news", name, from_text(text), "id")
    for frame in (delivered(event, recovery=False), delivered(event, recovery=True)):
        assert frame is not None
        assert json.loads(frame) == {"event": name, "channel": "news", "data": text}


def test_an_event_is_an_event_a_channel_and_its_data_and_no_more() -> None:
    event = Event("news", "said", b'{"a": 1}', "id-1", Position("e", 7), Counts(2, 1))
    assert delivered(event, recovery=False) == (
        b'{"event":"said","channel":"news","data":"{\\"a\\": 1}"}'
    )


def test_a_member_who_sends_is_named_behind_the_data() -> None:
    event = Event("presence-room", "client-x", b"1", "id;ann", origin="12.34")
    assert delivered(event, recovery=False) == (
        b'{"event":"client-x","channel":"presence-room","data":"1","user_id":"ann"}'
    )


def test_what_backends_sign_is_what_pushers_documents_print() -> None:
    talk = Talk()
    assert to_hear(talk.live.app, talk.socket_id, "private-foobar")["auth"].endswith(
        ":58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"
    )
    assert to_sign_in(talk.live.app, talk.socket_id, '{"id":"12345"}')["auth"].endswith(
        ":4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"
    )
