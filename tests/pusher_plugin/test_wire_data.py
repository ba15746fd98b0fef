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
        assert "_tidings" in data
        return
    back = heard(event.channel, event.name, text, "another")
    assert json.loads(back.data) == data
    assert back._replace(data=raw) == event


@given(JSON_TEXTS)
def test_an_event_without_a_log_comes_back_as_it_was(text: str) -> None:
    event = Event("lobby", "said", text.encode(), "id")
    assert heard("lobby", "said", carried(event), "id") == event


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e400", "\ufeff{}", "[" * 999, '"\\ud800"'])
def test_a_text_that_only_some_call_json_comes_back_and_is_json_meanwhile(text: str) -> None:
    json.loads(from_text(text), parse_constant=pytest.fail)
    assert to_text(from_text(text)) == text


def test_data_that_begins_with_a_blank_and_is_no_text_stays_as_it_is() -> None:
    assert to_text(b' {"a":1}') == ' {"a":1}'


def test_counts_are_told_by_name() -> None:
    event = Event("private-user-ann", "said", b"{}", "id-1", Position("e", 7), Counts(2, 1))
    about = '{"id":"id-1","epoch":"e","offset":7,"counts":{"pending":2,"unseen":1}}'
    assert carried(event) == f'{{"_tidings":{about}}}'
    unnamed = '{"_tidings":{"id":"id-1","epoch":"e","offset":7,"counts":[2,1]}}'
    assert heard(event.channel, event.name, unnamed, "own") == event._replace(
        data=unnamed.encode(), id="own", position=None, counts=None
    )


@pytest.mark.parametrize(
    "data", [b'{"heading":"_tidings"}', b'{"a":{"_tidings":{"id":1}}}', b'{"a":["_tidings"]}']
)
def test_only_a_member_of_the_data_itself_leaves_no_room_for_a_position(data: bytes) -> None:
    event = Event("private-user-ann", "said", data, "id", Position("e", 1))
    assert heard(event.channel, event.name, carried(event), "other") == event


@pytest.mark.parametrize("about", ["{}", "[1]", '"x"', '{"id":1,"epoch":"e","offset":"x"}', "{{"])
def test_a_publishers_own_member_of_that_name_is_data(about: str) -> None:
    text = f'{{"a":{{"_tidings":{about}}}}}'
    event = heard("lobby", "said", text, "id")
    assert (to_text(event.data), event.position) == (text, None)


@pytest.mark.parametrize("data", [b"1", b'"text"', b"[]", b"null", b'{"_tidings":1}'])
def test_logged_data_that_has_no_room_for_a_position_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidData, match="needs an object"):
        carried(Event("private-user-ann", "said", data, "id", Position("e", 1)))
