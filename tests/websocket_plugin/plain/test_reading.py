"""What the server sends unasked, the client reads as it was meant."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchanges import events, lags, resets, welcomes
from tidings import Event, Lagged, Reset, TidingsError
from tidings_websocket.commands import Ref, Welcome
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain import PlainDialect
from tidings_websocket.plain.codes import ERRORS
from tidings_websocket.plain.reading import Echo, Refused, read

DIALECT = PlainDialect()
KEYS = ["channel", "event", "data", "id", "position", "counts", "reply", "error"]


@given(events | resets | lags)
def test_all_that_is_heard_on_a_channel_arrives(delivery: Event | Reset | Lagged) -> None:
    assert read(DIALECT.delivery(delivery).decode()) == delivery


@given(events)
def test_an_echo_says_where_the_event_stands_and_not_what_it_says(event: Event) -> None:
    echo = read(DIALECT.echo(event).decode())
    assert echo == Echo(event.channel, event.id, event.position, event.counts)


@given(events)
def test_nobody_is_told_which_connection_an_event_came_from(event: Event) -> None:
    sent = event._replace(origin="a connection")
    assert DIALECT.delivery(sent) == DIALECT.delivery(event)


@given(welcomes)
def test_the_welcome_arrives(welcome: Welcome) -> None:
    assert read(DIALECT.welcome(welcome).decode()) == welcome


@pytest.mark.parametrize("ref", [None, "a", 7])
@pytest.mark.parametrize("kind", ERRORS.values())
def test_an_error_arrives_as_the_same_error(kind: type[TidingsError], ref: Ref) -> None:
    refused = read(DIALECT.refusal(ref, kind("in these words"))[0].decode())
    assert isinstance(refused, Refused)
    assert (refused.ref, type(refused.error)) == (ref, kind)


def test_a_code_of_a_later_version_is_an_error_nevertheless() -> None:
    refused = read('{"reply":1,"error":{"code":"too_early","message":"wait"}}')
    assert isinstance(refused, Refused)
    assert (type(refused.error), str(refused.error)) == (TidingsError, "wait")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "{}x",
        '{"channel":"a","id":"i"',
        '{"channel":"a","id":"i"}}',
        '{"channel":7,"id":"i"}',
        '{"channel":"a","id":"i","id":"j","position":7}',
        '{"channel":"a","event":["b"],"data":1,"id":"i"}',
        '{"channel":"a","event":"tidings:lagged","data":{}}',
        '{"channel":"a","event":"tidings:reset","data":{"reason":"behind"}}',
        '{"reply":[],"error":{}}',
        '{"reply":1,"error":"no"}',
        '{"channel":"a","event":"b","id":"i","data":' + "[" * 100_000,
    ],
)
def test_what_is_no_frame_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="no frame"):
        read(text)


@given(st.text(st.characters()))
def test_any_text_is_a_frame_or_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read(text)


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["1", '"a"', "{}", "null"])))
def test_any_object_is_a_frame_or_malformed(fields: dict[str, str]) -> None:
    with suppress(Malformed):
        read("{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}")
