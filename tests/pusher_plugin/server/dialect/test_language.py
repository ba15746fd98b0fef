"""Which connections are greeted, with which words the others are sent away, and every ending."""

from __future__ import annotations

import json
import re

import pytest

from pusher_plugin.server.dialect.talking import Clock, Talk
from pusher_plugin.server.signing_by_hand import BLOG, SHOP
from tidings import Closed
from tidings_pusher.server.dialect.conversation import Conversation
from tidings_pusher.server.dialect.language import PusherLanguage
from tidings_pusher.server.live_app import LiveApp
from tidings_websocket import Dialect, Ending, Refused
from tidings_websocket.opening import Opening

OFF = BLOG.model_copy(update={"key": "off", "enabled": False})
FULL = BLOG.model_copy(update={"key": "full", "connections": 1})
PATH = f"/app/{SHOP.key}"


@pytest.fixture
def language() -> PusherLanguage:
    apps = (SHOP, OFF, FULL)
    return PusherLanguage({app.key: LiveApp(app, apps, Clock()) for app in apps})


def begin(language: PusherLanguage, path: str, query: str = "protocol=7") -> Conversation:
    return language.converse(Opening(query, None, (), path), "1.2", lambda _: None)


@pytest.mark.parametrize(
    ("path", "speaks"),
    [
        (PATH, True),
        (PATH + "/", True),
        (f"/some/where{PATH}", True),
        ("/app/", True),
        ("/app", True),
        ("/", False),
        ("/ws", False),
        ("/apps/3/events", False),
        (f"{PATH}/more", False),
        (f"/myapp/{SHOP.key}", False),
        ("/" * 50_000, False),
        ("/app" * 50_000 + "/x/y", False),
    ],
)
def test_it_is_spoken_at_a_path_that_ends_in_app_and_key(
    language: PusherLanguage, path: str, speaks: bool
) -> None:
    assert language.speaks(path) is speaks


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/app/unknown", "protocol=7", 4001),
        (f"/app/{SHOP.key.upper()}x", "protocol=7", 4001),
        ("/app/off", "protocol=7", 4003),
        ("/app/", "protocol=7", 4005),
        ("/where/app", "protocol=7", 4005),
        (PATH, "protocol=seven", 4006),
        (PATH, "protocol=-7", 4006),
        (PATH, "protocol=7.0", 4006),
        (PATH, "protocol=%F0%9D%9F%95", 4006),
        (PATH, "protocol=" + "7" * 9_999, 4006),
        (PATH, "protocol=3", 4007),
        (PATH, "protocol=8", 4007),
        (PATH, "", 4008),
        (PATH, "protocol=", 4008),
        (PATH, "&".join(["x=1"] * 99) + "&protocol=7", 4008),
    ],
)
def test_who_cannot_be_served_is_told_the_documents_code(
    language: PusherLanguage, path: str, query: str, code: int
) -> None:
    with pytest.raises(Refused) as refused:
        begin(language, path, query)
    assert refused.value.code == code
    assert json.loads(refused.value.frame or b"") == {
        "event": "pusher:error",
        "data": {"message": refused.value.reason, "code": code},
    }
    assert len(refused.value.reason.encode()) <= 123


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (PATH, "protocol=7&client=js&version=8.6.0&flash=false"),
        (PATH, "protocol=5"),
        (PATH, "protocol=6&client=pysher&version=1"),
        (f"/behind/a/proxy{PATH}", "x&protocol=7&protocol=1&%FF=%FF"),
    ],
)
def test_what_clients_really_send_is_welcome(
    language: PusherLanguage, path: str, query: str
) -> None:
    assert begin(language, path, query).name == "pusher 3"


def test_an_app_may_be_called_app() -> None:
    app = SHOP.model_copy(update={"key": "app"})
    begin(PusherLanguage({"app": LiveApp(app, [app], Clock())}), "/app/app")


def test_an_app_has_as_many_connections_as_it_may_and_one_more_when_one_has_ended(
    language: PusherLanguage,
) -> None:
    first = begin(language, "/app/full")
    with pytest.raises(Refused) as refused:
        begin(language, "/app/full")
    assert refused.value.code == 4004
    first.ended("1.2")
    begin(language, "/app/full")


def test_the_extension_is_for_who_asks_and_they_hear_by_themselves(
    language: PusherLanguage,
) -> None:
    names = [begin(language, PATH, f"protocol=7{more}").name for more in ("", "&recovery=1")]
    assert names == ["pusher 3", "pusher 3 with recovery"]
    assert begin(language, PATH, "protocol=7&recovery=0").name == "pusher 3"


def test_socket_ids_are_two_numbers_that_nobody_guesses(language: PusherLanguage) -> None:
    ids = [language.connection_id() for _ in range(100)]
    assert len(set(ids)) == 100
    assert all(re.fullmatch(r"\d+\.\d+", id) for id in ids)  # noqa: A001
    assert max(len(id) for id in ids) > 30  # noqa: A001


def test_both_are_languages_of_a_front(language: PusherLanguage) -> None:
    assert isinstance(language, Dialect)
    assert isinstance(begin(language, PATH), Dialect)


AGAIN = range(4100, 4300)


@pytest.mark.parametrize(
    ("ending", "codes"),
    [
        (Ending.RESTART, range(4100, 4200)),
        (Ending.FULL, range(4100, 4200)),
        (Ending.FAILED, range(4100, 4200)),
        (Ending.SLOW, AGAIN),
        (Ending.FLOOD, AGAIN),
        (Ending.SILENT, [4201]),
        (Ending.UNAUTHENTICATED, [4009]),
        (Ending.EXPIRED, [4009]),
        (Ending.DISCONNECTED, [4009]),
        (Ending.REVOKED, [4009]),
        (Ending.MALFORMED, [1003]),
        (Ending.LARGE, [1009]),
    ],
)
def test_pusher_js_comes_back_after_an_ending_that_may_pass(
    language: PusherLanguage, ending: Ending, codes: range
) -> None:
    code, reason = language.close(ending)
    assert code in codes
    assert len(reason.encode()) <= 123
    assert begin(language, PATH).close(ending) == (code, reason)


def test_every_ending_has_a_code(language: PusherLanguage) -> None:
    assert all(language.close(ending) for ending in Ending)


def test_what_fails_before_a_connection_is_established_has_a_code_to_come_back_by() -> None:
    talk = Talk()
    young = Conversation(talk.live, "9.9", talk.told.append, recovery=False)
    (frame,) = young.refusal(None, Closed("the application closes"))
    assert json.loads(frame)["data"] == {"message": "the application closes", "code": 4100}
    (frame,) = talk.failed(None, Closed("the application closes"))
    assert json.loads(frame)["data"]["code"] is None
