"""A state change travels as an event and is read as it was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.changes import IDS_LIMIT, REMOVES, SETS, Change, is_change, read_change
from tidings.errors import InvalidData
from tidings.event import Event, Position

NAMES = st.sampled_from([*SETS, *REMOVES])
IDS = st.lists(st.text(min_size=1, max_size=20), max_size=IDS_LIMIT).map(tuple)
POSITIONS = st.builds(Position, st.text(max_size=8), st.integers(min_value=0))
CATEGORIES = st.none() | st.text(min_size=1)
CHANGES = st.builds(Change, NAMES, IDS) | st.builds(
    Change, NAMES, through=POSITIONS, category=CATEGORIES
)


@given(CHANGES)
def test_a_change_is_read_as_it_was_written(change: Change) -> None:
    event = change.event("private-user-ann", origin="tab-1")

    assert is_change(event)
    assert (event.channel, event.name, event.origin) == ("private-user-ann", change.name, "tab-1")
    assert read_change(event) == change


def test_each_change_is_an_event_of_its_own() -> None:
    change = Change("tidings:opened", ("n1",))

    assert change.event("private-user-ann").id != change.event("private-user-ann").id


def test_a_change_of_more_ids_than_an_event_may_name_is_refused() -> None:
    many = Change("tidings:seen", tuple(map(str, range(IDS_LIMIT + 1))))

    with pytest.raises(InvalidData, match="names 101 ids: make several"):
        many.event("private-user-ann")


@pytest.mark.parametrize("name", ["said", "tidings:notification", "tidings:redacted"])
def test_other_events_are_no_changes(name: str) -> None:
    assert not is_change(Event("private-user-ann", name, b"{}", "e1"))


@pytest.mark.parametrize(
    "data",
    [
        b"no json",
        b"[]",
        b'{"ids":7}',
        b'{"ids":"n1"}',
        b'{"ids":["n1",["n2"]]}',
        b'{"through":7}',
        b'{"through":{"offset":1}}',
        b'{"through":{"epoch":"e","offset":"1"}}',
        b'{"through":{"epoch":"e","offset":1},"category":["x"]}',
        b"\xff",
    ],
)
def test_data_that_is_no_change_is_refused_with_what_it_must_be(data: bytes) -> None:
    event = Event("private-user-ann", "tidings:opened", data, "e1")

    with pytest.raises(InvalidData, match="'e1' is no change: its data must be"):
        read_change(event)
