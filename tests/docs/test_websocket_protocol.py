"""docs/reference/websocket-protocol.md tells what the plain dialect says, word for word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from json import JSONDecoder
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from docs.blocks import blocks
from tidings import Event, Lagged, Reset, changes, notification, presence
from tidings_websocket.commands import Request, Welcome
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain import PlainDialect, replies
from tidings_websocket.plain.asked import FIELDS
from tidings_websocket.plain.codes import CLOSES, ERRORS
from tidings_websocket.plain.reading import Echo, Refused, Reply, read

PAGE = Path(__file__).parents[2] / "docs/reference/websocket-protocol.md"
TEXT = PAGE.read_text("utf-8")
DIALECT = PlainDialect()
Frames = Sequence[Any]


def frames(text: str) -> Iterator[Any]:
    """Go through the JSON values that stand one after another."""
    while text := text.strip():
        value, end = JSONDecoder().raw_decode(text)
        yield value
        text = text[end:]


EXAMPLES: Sequence[Frames] = [
    list(frames(block.text)) for block in blocks(PAGE) if block.language == "json"
]
EXCHANGES = [example for example in EXAMPLES if "request" in example[0]]
UNASKED = [frame for example in EXAMPLES if "request" not in example[0] for frame in example]


def section(name: str) -> str:
    found = re.search(rf"^###? {name}\n(.*?)(?=^##|\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found, f"{PAGE.name} has no section {name!r}"
    return found[1]


def first_cells(text: str) -> list[str]:
    """Return what stands in backquotes in the first column of a section's tables."""
    cells = (row.split("|")[1] for row in text.splitlines() if row.startswith("|"))
    return list(chain.from_iterable(re.findall("`([^`]+)`", cell) for cell in cells))


def sent_again(frame: Any) -> bytes:
    """Return a frame as the dialect would send what the client reads in it."""
    match read(json.dumps(frame)):
        case Welcome() as welcome:
            return DIALECT.welcome(welcome)
        case Event() | Reset() | Lagged() as delivery:
            return DIALECT.delivery(delivery)
        case Echo() as echo:
            event = Event(echo.channel, "said", b"1", echo.id, echo.position, echo.counts)
            return DIALECT.echo(event)
        case other:
            raise AssertionError(f"{other} is an answer to nothing")


def replied_again(request: Request, frame: Any) -> bytes:
    reply = read(json.dumps(frame))
    if isinstance(reply, Refused):
        return DIALECT.refusal(request.ref, reply.error)[0]
    assert isinstance(reply, Reply)
    return DIALECT.answer(request, replies.answer(request.command, reply))[0]


@pytest.mark.parametrize("frame", UNASKED, ids=lambda frame: frame.get("event", "echo"))
def test_a_frame_is_what_is_sent(frame: Any) -> None:
    assert json.loads(sent_again(frame)) == frame


@pytest.mark.parametrize("example", EXCHANGES, ids=lambda example: example[0]["request"])
def test_a_request_has_the_reply_that_is_shown(example: Frames) -> None:
    asked, reply = example
    try:
        request = DIALECT.read(json.dumps(asked), "a connection")
    except Malformed as error:
        (text,) = DIALECT.refusal(error.ref, error)
    else:
        text = replied_again(request, reply)
    assert json.loads(text) == reply


def test_every_request_is_shown() -> None:
    assert set(FIELDS) - {example[0]["request"] for example in EXCHANGES} == set()


def test_every_kind_of_frame_is_shown() -> None:
    kinds = {type(read(json.dumps(frame))) for frame in UNASKED}
    assert kinds == {Welcome, Event, Reset, Lagged, Echo}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_a_request_is_listed(name: str) -> None:
    assert sorted(first_cells(section(name))) == sorted(FIELDS[name])


def test_every_error_code_is_listed() -> None:
    assert first_cells(section("Errors")) == list(ERRORS)


def test_every_close_code_is_listed() -> None:
    listed = first_cells(section("Close codes"))
    assert listed == sorted(str(code) for code, _ in CLOSES.values())


def test_every_event_of_tidings_own_is_listed() -> None:
    listed = [name for name in first_cells(section("Events")) if name.startswith("tidings:")]
    assert sorted(listed) == sorted(own_events(changes, notification, presence))


def own_events(*modules: ModuleType) -> Iterator[str]:
    names = {
        value for module in modules for value in vars(module).values() if isinstance(value, str)
    }
    return (name for name in names if re.fullmatch(r"tidings:\w+", name))
