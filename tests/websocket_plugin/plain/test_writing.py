"""What a client writes, the server reads as it was meant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from hypothesis import example, given

from exchanges import requests, some_commands
from tidings import Filter, Position
from tidings.changes import SEEN, Change
from tidings_websocket.commands import Command, Mark, ReadPage, Request, SignIn
from tidings_websocket.plain import PlainDialect
from tidings_websocket.plain.writing import write

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


@given(requests)
@example(Request("r", Mark(None, Change(SEEN, (), Position("k3", 7), "builds"), "e1", echo=True)))
@example(Request(1, ReadPage("ann", Filter("unseen", "builds", NOON, frozenset("ab")), 5, 7)))
def test_every_command_arrives_as_it_was_sent(request: Request) -> None:
    assert PlainDialect().read(write(request).decode(), "connection") == request


def test_every_command_was_tried_but_what_only_other_languages_prove() -> None:
    assert set(some_commands) == set(get_args(Command)) - {SignIn}
