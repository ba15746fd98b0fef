"""Data goes over Pusher's wire and back, and nothing of it changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings import Counts, Event, InvalidData, Position
from tidings_pusher.wire_data import carried, from_text, heard, to_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
OBJECTS = st.dictionaries(TEXT, TEXT | st.integers() | st.none() | st.lists(TEXT), max_size=4)
JSON_TEXTS = st.one_of(OBJECTS, TEXT, st.integers(), st.none()).map(json.dumps)
COUNTS = st.none() | st.builds(Counts, st.integers(0, 99), st.integers(0, 99))
POSITIONS = st.builds(Position, TEXT, st.integers(1, 2**53))


@given(TEXT | JSON_TEXTS)
def test_a_publishers_text_comes_back_as_it_was(text: str) -> None:
    data = from_text(text)
    json.loads(data)
    assert to_text(data) == text


@given(OBJECTS, POSITIONS, COUNTS, TEXT, st.none() | TEXT, st.sampled_from([None, 2]))
def test_a_logged_event_comes_back_whole(  # noqa: PLR0917
    data: dict[str, object],
    position: Position,
    counts: Counts | None,
    id: str,  # noqa: A002
    origin: str | None,
    indent: int | None,
) -> None:
    raw = json.dumps(data, indent=indent).encode()
    event = Event("private-user-ann", "said", raw, id, position, counts, origin)
    try:
        text = carried(event)
    except InvalidData:
        assert "_tidings" in raw.decode()
        return
    back = heard(event.channel, event.name, text, "another")
    assert json.loads(back.data) == data
    assert back._replace(data=raw) == event


@given(JSON_TEXTS)
def test_an_event_without_a_log_comes_back_as_it_was(text: str) -> None:
    event = Event("lobby", "said", text.encode(), "id")
    assert heard("lobby", "said", carried(event), "id") == event


@pytest.mark.parametrize("data", [b"1", b'"text"', b"[]", b"null", b'{"_tidings":1}'])
def test_logged_data_that_has_no_room_for_a_position_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidData, match="needs an object"):
        carried(Event("private-user-ann", "said", data, "id", Position("e", 1)))
