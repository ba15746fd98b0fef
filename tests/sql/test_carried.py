"""Events as text: the same events come out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings import Counts, Event, Position
from tidings_sql.carried import decode, encode
from tidings_sql.parts import Parts, parts

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SIZE = st.integers(0, 2**53)
EVENTS = st.lists(
    st.builds(
        Event,
        channel=TEXT,
        name=TEXT,
        data=TEXT.map(lambda text: json.dumps(text, ensure_ascii=False).encode()),
        id=TEXT,
        position=st.none() | st.builds(Position, epoch=TEXT, offset=SIZE),
        counts=st.none() | st.builds(Counts, pending=SIZE, unseen=SIZE),
        origin=st.none() | TEXT,
    )
)


@given(EVENTS)
def test_what_is_encoded_is_decoded_to_the_same(events: list[Event]) -> None:
    text = encode(events)

    assert decode(text) == events
    assert text.isascii()


@given(TEXT | st.recursive(st.none() | st.integers() | TEXT, st.lists).map(json.dumps))
def test_any_other_text_is_a_value_error_or_holds_no_events(text: str) -> None:
    try:
        events = decode(text)
    except ValueError:
        return
    assert events == []


@given(st.lists(st.text("ab ", min_size=1, max_size=20_000), min_size=1, max_size=4))
def test_texts_of_any_length_are_put_together_again(texts: list[str]) -> None:
    cut = [part for text in texts for part in parts("one", text)]
    whole = Parts("other")

    assert [text for part in cut if (text := whole.take(part)) is not None] == texts
    assert all(len(part) < 8_000 for part in parts("n" * 36, texts[0]))


def test_ones_own_texts_are_left_out() -> None:
    mine = Parts("one")

    assert [mine.take(part) for part in parts("one", "x" * 10_000)] == [None, None]


@pytest.mark.parametrize("between", ["", "hello", "a b c", "two 2 1 x", "two 3 3 x", "one 1 2 y"])
def test_a_part_that_follows_on_none_spoils_no_whole_one(between: str) -> None:
    whole = Parts("other")
    whole.take(between)

    assert [whole.take(part) for part in parts("one", "x" * 10_000)] == [None, "x" * 10_000]
