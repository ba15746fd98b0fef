"""Events go together as far as a server takes them, and stay in order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidings import Event, InvalidData
from tidings.encoding import DATA_LIMIT
from tidings_http.client.parcels import BYTES, TOGETHER, Parcel, packed


def told(parcels: Iterable[Parcel]) -> list[Event]:
    """Return the events that bodies speak of."""
    items: list[dict[str, Any]] = [
        item for parcel in parcels for item in json.loads(parcel.body)["events"]
    ]
    return [
        Event(channel, item["name"], item["text"].encode(), item["id"], origin=item.get("origin"))
        for item in items
        for channel in item["channels"]
    ]


events = st.builds(
    Event,
    st.sampled_from("abc"),
    st.sampled_from(["said", "grüße 👋"]),
    st.sampled_from([b"1", b'{ "a":\t"\\u00e9" }', b'"' + b"x" * (DATA_LIMIT - 2) + b'"']),
    st.sampled_from(["1", "2"]),
    position=st.none(),
    counts=st.none(),
    origin=st.sampled_from([None, "connection 7"]),
)


@given(st.lists(events, max_size=60))
def test_every_event_is_told_once_and_in_order(given_events: list[Event]) -> None:
    parcels = list(packed(given_events))

    assert [event for parcel in parcels for event in parcel.events] == given_events
    assert told(parcels) == given_events
    assert all(len(parcel.body) <= BYTES + 200_000 for parcel in parcels)


def test_one_notification_for_many_users_is_told_once() -> None:
    data = b'{"heading":"Build passed"}'
    pushed = [Event(f"private-user-{n}", "tidings:notification", data, "n") for n in range(2500)]

    parcels = list(packed(pushed))

    assert [len(parcel.events) for parcel in parcels] == [TOGETHER, TOGETHER, 500]
    assert [parcel.body.count(data.replace(b'"', b'\\"')) for parcel in parcels] == [1, 1, 1]


def test_what_waited_together_is_one_request() -> None:
    changes = [Event(f"c{n}", "tidings:opened", b'{"ids":["n"]}', f"{n}") for n in range(900)]

    (parcel,) = packed(changes)

    assert len(parcel.events) == 900


def test_what_cannot_be_told_is_an_error_of_its_own() -> None:
    good, bad, last = (
        Event("c", "said", data, number)
        for number, data in (("1", b"1"), ("2", b"\xff"), ("3", b"3"))
    )

    first, refused, other = packed([good, bad, last])

    assert told([first, other]) == [good, last]
    assert refused.events == [bad]
    assert isinstance(refused.error, InvalidData)


def test_nothing_is_no_request() -> None:
    assert list(packed([])) == []
