"""Who may send which events to other clients, and how often."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher_plugin.server.dialect.talking import Clock, Talk, error
from pusher_plugin.server.signing_by_hand import SHOP
from tidings import Closed
from tidings_pusher import App
from tidings_pusher.server.dialect.client_events import Pace
from tidings_pusher.wire_data import to_text
from tidings_websocket.commands import Publish

PRIVATE = "private-x"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=9,
)


def refused(talk: Talk, event: str = "client-x", data: object = 1, channel: Any = PRIVATE) -> str:
    words, code = error(talk.say(event, data, channel=channel))
    assert code == 4301
    assert len(words) < 400
    return words


def sent(talk: Talk, data: object, channel: str = PRIVATE, **more: object) -> Publish:
    """Send an event; return what the front is to publish."""
    request = talk.read("client-x", data, channel=channel, **more)
    assert talk.done(request) == ()
    assert isinstance(request.command, Publish)
    return request.command


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.hear(PRIVATE)
    return talk


@pytest.mark.parametrize(
    "channel", ["private-x", "presence-x", "private-encrypted-x", "private-cache-x"]
)
def test_who_hears_a_guarded_channel_may_send_on_it(channel: str) -> None:
    talk = Talk()
    talk.hear(channel, {"user_id": "ann"} if channel.startswith("presence-") else None)
    command = sent(talk, {"a": 1}, channel)
    assert (command.channel, command.name, command.data) == (channel, "client-x", b'{"a":1}')
    assert (command.proven, command.echo) == (True, False)


@given(JSON)
def test_what_is_sent_is_what_was_said(data: object) -> None:
    talk = Talk()
    talk.hear(PRIVATE)
    text = to_text(sent(talk, data).data)
    assert (text if isinstance(data, str) else json.loads(text)) == data


def test_a_number_beyond_all_numbers_is_no_number() -> None:
    talk = Talk()
    talk.hear(PRIVATE)
    text = '{"event":"client-x","channel":"private-x","data":[1e400,-1e400]}'
    command = talk.conversation.read(text, talk.socket_id).command
    assert isinstance(command, Publish)
    assert command.data == b"[null,null]"


def test_a_member_is_named_by_the_server_whoever_the_message_names() -> None:
    talk = Talk()
    talk.hear("presence-x", {"user_id": "ann"})
    command = sent(talk, {"user_id": "bob"}, "presence-x", user_id="bob", origin="9.9", id="i;bob")
    assert command.id is not None
    assert command.id.partition(";")[2] == "ann"


@pytest.mark.parametrize("channel", ["news", "cache-x", "#server-to-user-ann", "", "#tidings", 7])
def test_nobody_sends_on_what_is_not_guarded(talk: Talk, channel: object) -> None:
    talk.sign_in({"id": "ann"})
    talk.hear("#server-to-user-ann")
    talk.hear("news")
    assert "only private and presence" in refused(talk, channel=channel)


@pytest.mark.parametrize("channel", ["private-y", "private-x\x00", "private-" + "x" * 90_000])
def test_nobody_sends_on_what_they_do_not_hear(talk: Talk, channel: str) -> None:
    assert "first" in refused(talk, channel=channel)


def test_nobody_sends_before_they_hear_and_after_they_left(talk: Talk) -> None:
    request = talk.hears("private-y")
    assert "first" in refused(talk, channel="private-y")
    talk.done(request)
    sent(talk, 1, "private-y")
    talk.leave("private-y")
    assert "first" in refused(talk, channel="private-y")


def test_an_app_that_does_not_allow_it_refuses_all() -> None:
    talk = Talk(SHOP.model_copy(update={"client_events": False}))
    talk.hear(PRIVATE)
    assert "does not allow" in refused(talk)


@pytest.mark.parametrize("event", ["client-" + "x" * 194, "client-\x00", "client-x\n"])
def test_a_name_that_is_too_long_or_no_text_is_refused(talk: Talk, event: str) -> None:
    assert "event name" in refused(talk, event)


@pytest.mark.parametrize("data", ["é" * 6, "x" * 11, ["x" * 7], " " * 11])
def test_too_much_is_refused_and_as_much_as_may_be_is_not(data: object) -> None:
    talk = Talk(SHOP.model_copy(update={"event_bytes": 10}))
    talk.hear(PRIVATE)
    assert "10 bytes" in refused(talk, data=data)
    for fits in ("é" * 5, "x" * 10, ["x" * 6], " " * 10):
        sent(talk, fits)


def test_the_eleventh_in_a_second_is_refused_and_counts_for_nothing(talk: Talk) -> None:
    for _ in range(10):
        sent(talk, 1)
        talk.clock.now += 1 / 16
    for _ in range(3):
        assert "10 client events" in refused(talk)
    talk.clock.now += 6 / 16
    sent(talk, 1)
    assert "10 client events" in refused(talk)


@given(
    st.integers(1, 4),
    st.lists(st.integers(0, 1000), min_size=5, max_size=30),
)
def test_no_second_has_more_than_may_be_and_none_is_refused_without_need(
    most: int, steps: list[int]
) -> None:
    clock = Clock()
    pace, allowed = Pace(most, clock), list[float]()
    for step in steps:
        clock.now += step / 1024  # exact in binary
        lately = [moment for moment in allowed if clock.now - moment < 1]
        assert pace.allows() is (len(lately) < most)
        if len(lately) < most:
            allowed.append(clock.now)


def test_what_could_not_be_sent_is_told_and_not_reported(talk: Talk) -> None:
    reports = list[Mapping[str, str | int]]()
    talk.live.report = reports.append
    request = talk.read("client-x", 1, channel=PRIVATE)
    assert error(talk.failed(request.ref, Closed("it closes"))) == ("it closes", 4301)
    assert not reports


@pytest.mark.parametrize(("member", "more"), [(None, {}), ({"user_id": 7}, {"user_id": "7"})])
def test_what_was_sent_is_reported(member: object, more: dict[str, str]) -> None:
    talk, reports = Talk(), list[Mapping[str, str | int]]()
    channel = "private-x" if member is None else "presence-x"
    talk.hear(channel, member)
    talk.live.report = reports.append
    sent(talk, {"a": "é"}, channel)
    about = {"name": "client_event", "channel": channel, "event": "client-x", "data": '{"a":"é"}'}
    assert reports == [{**about, "socket_id": talk.socket_id, **more}]


def test_an_apps_namespace_stands_in_what_is_published() -> None:
    app = App(**{**SHOP.model_dump(), "namespace": "blog"})
    talk = Talk(app)
    talk.hear(PRIVATE)
    assert sent(talk, 1).channel == "private-blog;x"
