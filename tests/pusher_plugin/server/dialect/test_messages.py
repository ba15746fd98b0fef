"""Whatever a client sends is read or refused, and nothing that was refused is remembered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher_plugin.server.dialect.talking import Talk, error
from pusher_plugin.server.signing_by_hand import SHOP, to_hear, to_sign_in
from tidings_pusher.server.dialect.rejected import Rejected

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
EVENTS = st.sampled_from(
    [
        "pusher:subscribe",
        "pusher:unsubscribe",
        "pusher:signin",
        "pusher:ping",
        "pusher:pong",
        "pusher:error",
        "pusher_internal:member_added",
        "client-x",
        "client-",
        "tidings:opened",
        "",
    ]
)
CHANNELS = st.sampled_from(
    ["news", "private-x", "presence-x", "cache-x", "#server-to-user-ann", "#"]
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "channel": CHANNELS | JSON,
    "auth": JSON | st.text().map(lambda text: f"{SHOP.key}:{text}"),
    "channel_data": JSON | JSON.map(json.dumps),
    "user_data": JSON | JSON.map(json.dumps),
    "after": JSON | st.fixed_dictionaries({"epoch": JSON, "offset": JSON}),
}
DATA = st.fixed_dictionaries({}, optional=FIELDS)
MESSAGES = st.fixed_dictionaries(
    {"event": EVENTS | JSON},
    optional={"data": DATA | DATA.map(json.dumps) | JSON, "channel": CHANNELS},
)


def obey(talk: Talk, text: str) -> None:
    """Say a text; what is understood is done, what is not is refused in frames that are JSON."""
    for frame in talk.told_of(text):
        json.loads(frame, parse_constant=pytest.fail)


@given(st.lists(st.text() | MESSAGES.map(json.dumps), max_size=9), st.booleans())
def test_any_text_is_obeyed_or_refused_and_then_forgotten(texts: list[str], recovery: bool) -> None:
    talk = Talk(recovery=recovery)
    for text in texts:
        obey(talk, text)
        assert not talk.conversation._asked
    assert talk.conversation._named.keys() == talk.conversation._hears.keys()


@given(JSON | st.integers(10**4000, 10**4299), JSON)
def test_whatever_a_backend_signed_is_obeyed_or_refused(id: object, info: object) -> None:  # noqa: A002
    talk = Talk()
    member = {"user_id": id, "user_info": info}
    user = {"id": id, "user_info": info, "watchlist": info}
    for data in (
        to_hear(SHOP, talk.socket_id, "presence-x", member),
        to_hear(SHOP, talk.socket_id, "presence-y", info),
    ):
        obey(talk, json.dumps({"event": "pusher:subscribe", "data": data}))
    for data in (to_sign_in(SHOP, talk.socket_id, user), to_sign_in(SHOP, talk.socket_id, info)):
        obey(talk, json.dumps({"event": "pusher:signin", "data": data}))
    assert not talk.conversation._asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "\ufeff{}",
        "[" * 100_000,
        '{"event":' * 300 + "1" + "}" * 300,
        '{"event":"\\ud800"}',
        '{"event":"client-x","data":"\\udfff"}',
        '{"event":7}',
        '{"event":null}',
        '{"event":["pusher:ping"]}',
        '{"data":{}}',
        '{"event":"pusher:ping","data":NaN}',
        '{"event":"pusher:ping","data":' + "9" * 4_400 + "}",
    ],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    talk = Talk()
    with pytest.raises(Rejected) as refused:
        talk.conversation.read(text, talk.socket_id)
    words, code = error(refused.value.told)
    assert words.startswith("Invalid message")
    assert code is None


@pytest.mark.parametrize("data", [None, 7, "", "text", "[]", [], '"{}"'])
@pytest.mark.parametrize("event", ["pusher:subscribe", "pusher:unsubscribe", "pusher:signin"])
def test_data_that_is_no_object_is_refused(event: str, data: object) -> None:
    words, _ = error(Talk().say(event, data))
    assert words == f"Invalid data of {event}: an object is expected"


def test_data_may_be_the_text_of_an_object() -> None:
    frames = Talk().say("pusher:subscribe", '{"channel":"news"}')
    assert b"subscription_succeeded" in frames[0]


@pytest.mark.parametrize(
    "event",
    [
        "pusher:error",
        "pusher:connection_established",
        "pusher:cache_miss",
        "pusher:signin_success",
        "pusher_internal:subscription_succeeded",
        "pusher_internal:member_added",
        "pusher_internal:subscription_count",
        "pusher:",
        "tidings:notification",
        "tidings:member_added",
        "said",
        "Client-x",
        " client-x",
        "",
        "x" * 100_000,
    ],
)
def test_a_name_that_is_no_clients_is_refused(event: str) -> None:
    talk = Talk()
    talk.hear("private-x")
    frames = talk.say(event, {"a": 1}, channel="private-x")
    words, code = error(frames)
    assert words.endswith("is not for clients: theirs begin with 'client-'")
    assert (code, len(words) < 300) == (4301, True)
