"""What one connection hears and who it is, in whatever order things are asked and answered."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher_plugin.server.dialect.talking import Talk, error, events
from pusher_plugin.server.signing_by_hand import BLOG, SHOP, to_sign_in
from tidings import Counts, Entry, Position, StoreError
from tidings_websocket.commands import Request, SignIn, Subscribe, Subscribed, Unsubscribe
from tidings_websocket.errors import Denied, LimitExceeded

SUCCEEDED = "pusher_internal:subscription_succeeded"


def test_a_second_subscription_is_refused_until_the_first_has_ended() -> None:
    talk = Talk()
    request = talk.hears("news")
    assert error(talk.hear("news")) == ("Existing subscription to channel news", None)
    talk.done(request)
    assert error(talk.hear("news")) == ("Existing subscription to channel news", None)
    assert talk.leave("news") == ()
    assert events(talk.hear("news")) == [SUCCEEDED]


def test_leaving_what_one_does_not_hear_changes_nothing() -> None:
    talk = Talk()
    assert talk.leave("news") == talk.leave("x" * 9_999) == talk.leave("") == ()
    assert events(talk.hear("news")) == [SUCCEEDED]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (Denied("not today"), ("AuthError", "not today", 403)),
        (LimitExceeded("at most 100"), ("LimitReached", "at most 100", 4100)),
        (StoreError("postgresql://u:pw@h"), ("ServerError", "the server could not do this", 500)),
        (RuntimeError("secret"), ("ServerError", "the server could not do this", 500)),
    ],
)
def test_a_subscription_that_fails_is_told_of_and_may_be_tried_again(
    wrong: Exception, told: tuple[str, str, int]
) -> None:
    talk = Talk()
    refused, said = talk.failed(talk.hears("news").ref, wrong)
    frame = json.loads(refused)
    assert (frame["event"], frame["channel"]) == ("pusher:subscription_error", "news")
    data = frame["data"]
    assert (data["type"], data["error"].partition(":")[0], data["status"]) == told
    assert error([said])[0] == f"channel news: {data['error']}"
    assert events(talk.hear("news")) == [SUCCEEDED]


def test_what_fails_late_is_not_taken_for_what_was_asked_for_since() -> None:
    talk = Talk()
    first = talk.hears("news")
    left = talk.read("pusher:unsubscribe", {"channel": "news"})
    second = talk.hears("news")
    talk.failed(first.ref, Denied("no"))
    talk.done(left)
    assert error(talk.hear("news"))[0] == "Existing subscription to channel news"
    talk.done(second)
    assert talk.live.census.hearers("news") == (talk.conversation,)
    talk.leave("news")
    assert not talk.live.census.channels


@given(st.lists(st.sampled_from(["hear", "leave", "do", "fail"])))
def test_however_requests_overlap_it_hears_what_it_last_asked_for(steps: list[str]) -> None:
    talk = Talk()
    waiting = list[Request]()
    heard = wanted = False
    for step in [*steps, *["do"] * len(steps)]:
        if step == "hear" and not wanted:
            waiting.append(talk.hears("presence-x", {"user_id": "ann"}))
            wanted = True
        elif step == "leave":
            waiting.append(talk.read("pusher:unsubscribe", {"channel": "presence-x"}))
            wanted = False
        elif waiting:
            request = waiting.pop(0)
            if isinstance(request.command, Subscribe) and step == "fail":
                talk.failed(request.ref, Denied("no"))
                wanted = wanted and any(isinstance(w.command, Subscribe) for w in waiting)
            elif isinstance(request.command, Subscribe | Unsubscribe):
                talk.done(request)
                heard = isinstance(request.command, Subscribe)
            else:
                talk.done(request)
        assert talk.live.census.members("presence-x") == ({"ann"} if heard else set())
    assert heard == wanted
    assert not talk.conversation._asked


def test_a_connection_that_ends_leaves_nothing_behind() -> None:
    talk = Talk()
    other = talk.another(9)
    other.sign_in({"id": "bob", "watchlist": ["ann"]})
    talk.sign_in({"id": "ann", "watchlist": ["bob"]})
    talk.hear("presence-x", {"user_id": "ann"})
    late = talk.hears("news")
    talk.conversation.ended(talk.socket_id)
    assert talk.done(late) == ()
    census = talk.live.census
    assert (dict(census.channels), census.members("presence-x")) == ({}, set())
    assert (census.connections, census.is_online("ann")) == (1, False)
    assert not list(census.watchers("bob"))
    assert events(other.told) == ["pusher_internal:watchlist_events"] * 2


def test_a_user_signs_in_and_hears_what_is_theirs() -> None:
    talk = Talk()
    request = talk.read("pusher:signin", to_sign_in(SHOP, talk.socket_id, {"id": "ann"}))
    assert request.command == SignIn("ann")
    assert events(talk.done(request)) == ["pusher:signin_success"]
    command = talk.hears("#server-to-user-ann").command
    assert isinstance(command, Subscribe)
    assert (command.channel, command.name) == ("private-user-ann", "#server-to-user-ann")
    assert (command.pending, command.after) == (SHOP.pending, None)


@pytest.mark.parametrize(
    "channel", ["#server-to-user-bob", "#server-to-user-annx", "#server-to-user-"]
)
def test_what_is_another_users_is_refused(channel: str) -> None:
    talk = Talk()
    assert error(talk.hear("#server-to-user-ann"))[1] == 4009
    talk.sign_in({"id": "ann"})
    assert error(talk.hear(channel))[1] == 4009


def test_signing_in_again_as_the_same_user_renews_who_they_are_and_disturbs_nobody() -> None:
    talk = Talk()
    watcher = talk.another(9)
    watcher.sign_in({"id": "bob", "watchlist": ["ann"]})
    both = [
        talk.read("pusher:signin", to_sign_in(SHOP, talk.socket_id, {"id": "ann", **more}))
        for more in ({"watchlist": ["bob"]}, {"user_info": {"name": "Ann"}})
    ]
    for request in both:
        assert events(talk.done(request))[0] == "pusher:signin_success"
    assert events(watcher.told) == ["pusher_internal:watchlist_events"]  # that ann came, once
    assert not list(talk.live.census.watchers("bob"))
    command = talk.hears("presence-x").command
    assert isinstance(command, Subscribe)
    assert command.proven is not None
    assert command.proven.member is not None
    assert command.proven.member.info == {"name": "Ann"}


def test_a_connection_is_one_users_from_when_they_ask_until_that_fails() -> None:
    talk = Talk()
    first = talk.read("pusher:signin", to_sign_in(SHOP, talk.socket_id, {"id": "ann"}))
    another = ("Sign-in: this connection is another user's", 4009)
    assert error(talk.sign_in({"id": "bob"})) == another
    assert error(talk.failed(first.ref, LimitExceeded("too many"))) == ("too many", 4009)
    assert events(talk.sign_in({"id": "bob"})) == ["pusher:signin_success"]
    assert error(talk.sign_in({"id": "ann"})) == another


def test_who_is_on_a_presence_channel_may_be_who_signed_in() -> None:
    talk = Talk()
    assert "sign in" in error(talk.hear("presence-x"))[0]
    talk.sign_in({"id": "ann", "user_info": {"name": "Ann"}})
    succeeded = json.loads(talk.hear("presence-x")[0])
    presence = {"ids": ["ann"], "hash": {"ann": {"name": "Ann"}}, "count": 1}
    assert json.loads(succeeded["data"]) == {"presence": presence}


def test_a_watchlist_that_is_too_long_is_cut_and_that_is_told() -> None:
    talk = Talk()
    watched = [f"u{number}" for number in range(101)]
    succeeded, said, told = talk.sign_in({"id": "ann", "watchlist": watched})
    assert events([succeeded]) == ["pusher:signin_success"]
    assert error([said])[1] == 4302
    data = json.loads(json.loads(told)["data"])
    assert data == {"events": [{"name": "offline", "user_ids": watched[:100]}]}


def test_what_is_pending_comes_before_anything_live_oldest_first() -> None:
    talk = Talk()
    talk.sign_in({"id": "ann"})
    request = talk.hears("#server-to-user-ann")
    entries = [Entry(f"n{n}", n, b'{"heading":"%d"}' % n) for n in (3, 5)]
    counts, at = Counts(2, 1), Position("e", 9)
    told = Subscribed("private-user-ann", at, None, entries, counts)
    frames = [json.loads(frame) for frame in talk.done(request, told)]
    assert [frame["event"] for frame in frames] == [SUCCEEDED, *["tidings:notification"] * 2]
    assert frames[0]["data"] == "{}"
    assert {frame["channel"] for frame in frames} == {"#server-to-user-ann"}
    assert [json.loads(frame["data"])["_tidings"] for frame in frames[1:]] == [
        {"id": f"n{n}", "epoch": "e", "offset": n, "counts": counts._asdict()} for n in (3, 5)
    ]


def test_who_recovers_says_where_they_were_instead() -> None:
    talk = Talk(recovery=True)
    talk.sign_in({"id": "ann"})
    after = {"epoch": "e", "offset": 4}
    request = talk.hears("#server-to-user-ann", after=after)
    assert isinstance(request.command, Subscribe)
    assert (request.command.after, request.command.pending) == (Position("e", 4), 0)
    (succeeded,) = talk.done(request, Subscribed("private-user-ann", Position("e", 4)))
    assert json.loads(json.loads(succeeded)["data"]) == {"position": after}


def test_an_apps_namespace_stands_in_what_is_asked_for_and_in_nothing_that_is_told() -> None:
    talk = Talk(BLOG)
    sign_in = talk.read("pusher:signin", to_sign_in(BLOG, talk.socket_id, {"id": "ann"}))
    assert sign_in.command == SignIn("blog;ann")
    frames = [*talk.done(sign_in)]
    for name, channel in [
        ("news", "blog;news"),
        ("private-cache-x", "private-cache-blog;x"),
        ("presence-x", "presence-blog;x"),
        ("private-user-ann", "private-user-blog;ann"),
        ("#server-to-user-ann", "private-user-blog;ann"),
    ]:
        request = talk.hears(name)
        assert isinstance(request.command, Subscribe)
        assert (request.command.channel, request.command.name) == (channel, name)
        frames += talk.done(request)
        left = talk.read("pusher:unsubscribe", {"channel": name})
        assert isinstance(left.command, Unsubscribe)
        frames += talk.done(left)
    assert b"blog" not in b"".join(frames)
