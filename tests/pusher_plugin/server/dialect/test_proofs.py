"""Only what an app's backend signed for this connection and channel lets a client in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr

from pusher_plugin.server.dialect.talking import SOCKET, Talk, error, events
from pusher_plugin.server.signing_by_hand import SHOP, signature, signed, to_hear, to_sign_in
from tidings import Member, Position
from tidings_websocket.commands import Proven, Subscribe

ROOM, PRIVATE = "presence-room", "private-x"
ANN = '{"user_id":"ann"}'
VALID = signature(SHOP, f"{SOCKET}:{PRIVATE}")
IN_ROOM = signature(SHOP, f"{SOCKET}:{ROOM}:{ANN}")


def refused(talk: Talk, data: dict[str, Any]) -> str:
    """Subscribe with this; return why that is refused."""
    told, said = talk.say("pusher:subscribe", data)
    about = json.loads(told)
    assert about["event"] == "pusher:subscription_error"
    assert (about["data"]["type"], about["data"]["status"]) == ("AuthError", 401)
    assert error([said])[1] == 4009
    assert not talk.live.census.channels
    return str(about["data"]["error"])


@pytest.mark.parametrize(
    "auth",
    [
        None,
        7,
        [f"{SHOP.key}:{VALID}"],
        "",
        ":",
        SHOP.key,
        f"{SHOP.key}:",
        f":{VALID}",
        VALID,
        f"{SHOP.key}:{VALID[:-1]}",
        f"{SHOP.key}:{VALID}0",
        f"{SHOP.key}:{VALID.upper()}",
        f"{SHOP.key}: {VALID}",
        f"{SHOP.key}:{VALID}:{VALID}",
        f"{SHOP.key}:é{VALID[1:]}",
        f"{SHOP.key}\x00:{VALID}",
        f"other:{VALID}",
        signed(SHOP, f"{SOCKET}:private-y"),
        signed(SHOP, f"9.9:{PRIVATE}"),
        signed(SHOP, f"{SOCKET}:{PRIVATE}:{ANN}"),
        signed(SHOP, f"{SOCKET}::user::{PRIVATE}"),
        signed(SHOP.model_copy(update={"secret": SecretStr("guessed")}), f"{SOCKET}:{PRIVATE}"),
    ],
)
def test_a_forged_cut_or_borrowed_signature_lets_nobody_in(auth: object) -> None:
    assert "signature" in refused(Talk(), {"channel": PRIVATE, "auth": auth})


@pytest.mark.parametrize(
    "shown",
    [
        '{"user_id":"bob"}',
        '{"user_id": "ann"}',
        '{"user_id":"ann","user_info":{"admin":true}}',
        ANN + " ",
        "",
        None,
    ],
)
def test_a_member_is_who_was_signed_to_the_letter(shown: str | None) -> None:
    data = {"channel": ROOM, "auth": f"{SHOP.key}:{IN_ROOM}", "channel_data": shown}
    assert "signature" in refused(Talk(), data)


def test_a_members_data_is_text() -> None:
    data = {"channel": ROOM, "auth": f"{SHOP.key}:{IN_ROOM}", "channel_data": json.loads(ANN)}
    assert "channel_data" in refused(Talk(), data)


@pytest.mark.parametrize(
    ("about", "member"),
    [
        ({"user_id": "ann"}, Member("ann")),
        ({"user_id": 11}, Member("11")),
        ({"user_id": -(10**20)}, Member("-100000000000000000000")),
        ({"user_id": "Åsa ✓", "user_info": {"name": "Åsa"}}, Member("Åsa ✓", {"name": "Åsa"})),
        ({"user_id": "x" * 128, "user_info": None}, Member("x" * 128)),
        ('{"user_id":"ann","user_info":{"far":1e400}}', Member("ann", {"far": None})),
    ],
)
def test_a_member_is_known_by_text(about: object, member: Member) -> None:
    command = Talk().hears(ROOM, about).command
    assert command == Subscribe(ROOM, None, ROOM, Proven(member, 100))


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ("{", "user_id"),
        ("[]", "user_id"),
        ({}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": None}, "user_id"),
        ({"user_id": True}, "user_id"),
        ({"user_id": 1.5}, "user_id"),
        ({"user_id": ["ann"]}, "user_id"),
        ({"user_id": "x" * 129}, "128"),
        ({"user_id": 10**128}, "128"),
        ({"user_id": "a\x00b"}, "user_id"),
        ({"user_id": "a\nb"}, "user_id"),
        ({"user_id": "ann", "user_info": [1]}, "object"),
        ({"user_id": "ann", "user_info": "Ann"}, "object"),
        ({"user_id": "ann", "user_info": {"x": "é" * 512}}, "1024 bytes"),
        ('{"user_id":"ann","user_info":{"x":"\\ud800"}}', "user_id"),
        ('{"user_id":"ann","user_info":{"x":NaN}}', "user_id"),
    ],
)
def test_a_member_who_cannot_be_is_refused_though_signed(about: object, why: str) -> None:
    talk = Talk()
    assert why in refused(talk, to_hear(SHOP, SOCKET, ROOM, about))


@pytest.mark.parametrize(
    "channel",
    [
        "",
        "a b",
        "é",
        "news\n",
        "news\x00",
        "private-a/b",
        "presence-a#b",
        "#tidings",
        "#server-to-user-",
        "#server-to-user-ann",
        "x" * 165,
        "private-" + "x" * 157,
        "x" * 50_000,
        7,
        None,
        ["news"],
    ],
)
def test_a_name_that_is_no_channels_is_refused_and_not_told_at_length(channel: Any) -> None:
    talk = Talk()
    auth = signed(SHOP, f"{SOCKET}:{channel}")
    frames = talk.say("pusher:subscribe", {"channel": channel, "auth": auth})
    assert events(frames) == ["pusher:subscription_error", "pusher:error"]
    assert sum(map(len, frames)) < 1_500


@pytest.mark.parametrize("channel", ["x" * 164, "private-" + "a=,;@.-_Z9" * 15 + "123456", "-"])
def test_the_longest_and_oddest_names_are_channels(channel: str) -> None:
    assert events(Talk().hear(channel)) == ["pusher_internal:subscription_succeeded"]


@pytest.mark.parametrize(
    "auth",
    [
        "",
        signed(SHOP, f"9.9::user::{ANN}"),
        signed(SHOP, f"{SOCKET}:{ANN}"),
        signed(SHOP, f"{SOCKET}::user::"),
        f"{SHOP.key}::user::" + signature(SHOP, f"{SOCKET}::user::" + '{"id":"ann"}'),
        to_sign_in(SHOP, SOCKET, {"id": "bob"})["auth"],
    ],
)
def test_only_who_was_signed_signs_in(auth: str) -> None:
    talk = Talk()
    words, code = error(talk.say("pusher:signin", {"auth": auth, "user_data": '{"id":"ann"}'}))
    assert (words.startswith("Sign-in: the signature"), code) == (True, 4009)
    assert not talk.live.census.is_online("ann")


@pytest.mark.parametrize(
    "about",
    ["{", "[]", {}, *({"id": user} for user in ("", 7, None, "a\x00", "é" * 56, "x" * 151))],
)
def test_a_user_who_cannot_be_does_not_sign_in_though_signed(about: object) -> None:
    words, code = error(Talk().sign_in(about))
    assert ("no `id`" in words, code) == (True, 4009)


@pytest.mark.parametrize(
    "after",
    [
        *(7, "1:2", [], {}, {"epoch": "e"}, {"epoch": 1, "offset": 1}),
        *({"epoch": "e", "offset": offset} for offset in (-1, 1 << 63, True, 1.0, "1", None)),
    ],
)
def test_a_place_that_is_none_is_refused_to_who_recovers_and_unheard_of_by_others(
    after: object,
) -> None:
    asked = {"channel": "news", "after": after}
    words, _ = error(Talk(recovery=True).say("pusher:subscribe", asked))
    assert "`after` is no position" in words
    assert len(Talk().say("pusher:subscribe", asked)) == 1


def test_a_place_is_taken_from_who_recovers() -> None:
    asked = {"channel": "news", "after": {"epoch": "e", "offset": 7}}
    command = Talk(recovery=True).read("pusher:subscribe", asked).command
    assert command == Subscribe("news", Position("e", 7), "news")


def test_no_frame_shows_the_secret_or_what_would_have_been_right() -> None:
    talk, secret = Talk(), SHOP.secret.get_secret_value()
    frames = [
        *talk.say("pusher:subscribe", {"channel": PRIVATE, "auth": f"{SHOP.key}:{VALID[:-1]}"}),
        *talk.say("pusher:subscribe", {"channel": ROOM, "auth": "x", "channel_data": ANN}),
        *talk.say("pusher:signin", {"auth": "x:y", "user_data": '{"id":"ann"}'}),
    ]
    told = (
        b"".join(frames).decode() + repr(talk.live.app) + repr(talk.live) + repr(talk.conversation)
    )
    right = to_sign_in(SHOP, SOCKET, '{"id":"ann"}')["auth"].partition(":")[2]
    assert not [hidden for hidden in (secret, VALID, IN_ROOM, right) if hidden in told]
