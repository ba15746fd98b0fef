"""What is heard on a channel, by who recovers and by who never heard of that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tidings import Counts, Event, Lagged, Position, Reset
from tidings_pusher.server.dialect.deliveries import client_event_id, delivered, echoed

AT = Position("e", 7)
LOGGED = Event("private-x", "said", b'{"a":1}', "id-1", AT, Counts(2, 1), "1.2")
NOTIFIED = LOGGED._replace(name="tidings:notification")


def told(delivery: Event | Reset | Lagged, *, recovery: bool = False) -> Any:
    frame = delivered(delivery, recovery=recovery)
    return None if frame is None else json.loads(frame)


def test_a_notification_brings_its_place_in_its_data() -> None:
    about = {"id": "id-1", "epoch": "e", "offset": 7, "counts": {"pending": 2, "unseen": 1}}
    frame = told(NOTIFIED._replace(origin=None))
    assert json.loads(frame["data"]) == {"a": 1, "_tidings": about}


@pytest.mark.parametrize("heading", ['"_tidings"', '"\\u005ftidings"', '{"_tidings":1}'])
def test_no_notification_is_kept_back_for_what_it_says(heading: str) -> None:
    frame = told(NOTIFIED._replace(data=f'{{"heading":{heading}}}'.encode()))
    assert json.loads(frame["data"])["_tidings"]["offset"] == 7


def test_who_recovers_is_told_places_beside_the_data() -> None:
    place = {
        "id": "id-1",
        "position": {"epoch": "e", "offset": 7},
        "counts": {"pending": 2, "unseen": 1},
    }
    for event in (LOGGED, NOTIFIED):
        frame = told(event, recovery=True)
        assert frame == {"event": event.name, "channel": "private-x", "data": '{"a":1}', **place}
    echo = json.loads(echoed(LOGGED, recovery=True) or b"")
    assert (echo["event"], json.loads(echo["data"])) == ("tidings:position", place)
    unlogged = LOGGED._replace(position=None, counts=None)
    assert told(unlogged, recovery=True) == told(unlogged)
    assert echoed(unlogged, recovery=True) is None


def test_what_is_lost_is_told_to_who_recovers_alone() -> None:
    reset = told(Reset("private-x", AT, "trimmed"), recovery=True)
    assert (reset["event"], json.loads(reset["data"])) == (
        "tidings:reset",
        {"position": {"epoch": "e", "offset": 7}, "reason": "trimmed"},
    )
    lagged = told(Lagged("news", 3), recovery=True)
    assert (lagged["event"], json.loads(lagged["data"])) == ("tidings:lagged", {"missed": 3})
    assert told(Reset("private-x", AT, "trimmed")) is None
    assert told(Lagged("news", 3)) is None
    assert echoed(LOGGED, recovery=False) is None


SENT = Event("presence-room", "client-x", b"1", client_event_id("u", "ann;bob"), origin="12.34")


@pytest.mark.parametrize(
    ("event", "user"),
    [
        (SENT, "ann;bob"),
        (SENT._replace(id=client_event_id("u", None)), None),
        (SENT._replace(name="said"), None),
        (SENT._replace(channel="private-room"), None),
        (SENT._replace(origin=None), None),
        (SENT._replace(origin="0197-uuid-of-another-language"), None),
        (SENT._replace(origin="12"), None),
        (SENT._replace(origin="12.x"), None),
        (SENT._replace(origin="."), None),
    ],
)
def test_a_sender_is_named_only_if_this_server_let_them_send(
    event: Event, user: str | None
) -> None:
    assert told(event).get("user_id") == user
