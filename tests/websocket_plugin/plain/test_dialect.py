"""The plain dialect is a dialect."""

from __future__ import annotations

from tidings import Stored
from tidings.event import Position
from tidings_websocket import commands
from tidings_websocket.commands import Request
from tidings_websocket.dialect import Dialect
from tidings_websocket.plain import PlainDialect


def test_it_is_spoken_under_its_path_alone() -> None:
    dialect: Dialect = PlainDialect("/live")
    assert dialect.speaks("/live")
    assert not any(map(dialect.speaks, ["/ws", "/", "", "/live/", "/live/x", "/LIVE"]))


def test_strangers_are_turned_away_unless_told_otherwise() -> None:
    assert not PlainDialect().anonymous
    assert PlainDialect(anonymous=True).anonymous


def test_a_reply_has_the_name_of_its_request() -> None:
    request = Request("r-1", commands.Publish("news", "said", b"1"))
    assert PlainDialect().answer(request, Stored(Position("k3", 7))) == (
        b'{"reply":"r-1","state":"stored","position":{"epoch":"k3","offset":7},"duplicate":false}',
    )


def test_a_request_with_nothing_to_tell_is_answered_nevertheless() -> None:
    assert PlainDialect().answer(Request(7, commands.Ping()), None) == (b'{"reply":7}',)


def test_a_token_is_not_shown_with_its_request() -> None:
    request = PlainDialect().read('{"request":"authenticate","id":1,"token":"hunter2"}', "c")
    assert "hunter2" not in repr(request)
