"""What a client writes, the server reads as it was meant."""

from __future__ import annotations

from typing import get_args

from hypothesis import given

from exchanges import requests, some_commands
from tidings_websocket.commands import Command, Request
from tidings_websocket.plain import PlainDialect
from tidings_websocket.plain.writing import write


@given(requests)
def test_every_command_arrives_as_it_was_sent(request: Request) -> None:
    assert PlainDialect().read(write(request).decode(), "connection") == request


def test_every_command_there_is_was_tried() -> None:
    assert set(some_commands) == set(get_args(Command))
