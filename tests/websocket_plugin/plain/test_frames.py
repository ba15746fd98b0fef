"""What is on the wire, to the byte."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given

from exchanges import events
from tidings import Counts, Event, Lagged, Position, Reset
from tidings_websocket.commands import Welcome
from tidings_websocket.plain import PlainDialect

DIALECT = PlainDialect()
HERE = Position("k3", 7)


def test_an_event_with_all_it_can_have() -> None:
    event = Event("private-user-ann", "said", b'{"n": 1.50}', "e1", HERE, Counts(3, 2), "c1")
    assert DIALECT.delivery(event) == (
        b'{"channel":"private-user-ann","event":"said","data":{"n": 1.50},"id":"e1",'
        b'"position":{"epoch":"k3","offset":7},"counts":{"pending":3,"unseen":2}}'
    )


def test_an_event_of_a_channel_without_a_log() -> None:
    event = Event("news", "said \u201chello\u201d", b"null", "e1")
    expected = '{"channel":"news","event":"said \u201chello\u201d","data":null,"id":"e1"}'
    assert DIALECT.delivery(event) == expected.encode()


def test_an_event_of_a_channel_that_is_no_inbox() -> None:
    frame = DIALECT.delivery(Event("news", "said", b"1", "e1", HERE))
    assert frame.endswith(b',"position":{"epoch":"k3","offset":7}}')


@given(events)
def test_every_event_is_one_json_object_with_these_fields(event: Event) -> None:
    frame = json.loads(DIALECT.delivery(event))
    assert frame == {
        "channel": event.channel,
        "event": event.name,
        "data": json.loads(event.data),
        "id": event.id,
        **({"position": event.position._asdict()} if event.position else {}),
        **({"counts": event.counts._asdict()} if event.counts else {}),
    }


def test_an_echo() -> None:
    event = Event("private-user-ann", "said", b'"hello"', "e1", HERE, Counts(3, 2), "c1")
    assert DIALECT.echo(event) == (
        b'{"channel":"private-user-ann","id":"e1","position":{"epoch":"k3","offset":7},'
        b'"counts":{"pending":3,"unseen":2}}'
    )


def test_a_reset() -> None:
    assert DIALECT.delivery(Reset("news", HERE, "trimmed")) == (
        b'{"channel":"news","event":"tidings:reset","data":{"reason":"trimmed"},'
        b'"position":{"epoch":"k3","offset":7}}'
    )


def test_a_lag() -> None:
    assert DIALECT.delivery(Lagged("news", 4)) == (
        b'{"channel":"news","event":"tidings:lagged","data":{"missed":4}}'
    )


def test_the_welcome_of_a_user() -> None:
    until = datetime(2030, 1, 31, 9, tzinfo=UTC)
    welcome = Welcome("c1", "ann", "private-user-ann", HERE, Counts(3, 2), until)
    assert DIALECT.welcome(welcome) == (
        b'{"event":"tidings:welcome","channel":"private-user-ann","data":{"connection":"c1",'
        b'"user":"ann","expires_at":"2030-01-31T09:00:00+00:00"},'
        b'"position":{"epoch":"k3","offset":7},"counts":{"pending":3,"unseen":2}}'
    )


def test_the_welcome_of_nobody_in_particular() -> None:
    assert DIALECT.welcome(Welcome("c1")) == (
        b'{"event":"tidings:welcome","data":{"connection":"c1"}}'
    )
