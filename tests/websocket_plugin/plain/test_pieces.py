"""JSON is taken apart exactly where its parts begin and end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchanges import data, values
from tidings_websocket.plain.pieces import items, members

WORDS = "otherwise|missing|Expecting|twice"
names = st.text(st.characters(exclude_categories=["Cs"]))
spaces = st.text(" \t\n\r", max_size=2)


@given(st.dictionaries(names, data), st.booleans(), spaces)
def test_each_value_is_the_text_that_stood_there(
    fields: dict[str, bytes], plain: bool, gap: str
) -> None:
    inside = f"{gap},{gap}".join(
        f"{json.dumps(name, ensure_ascii=plain)}{gap}:{gap}{value.decode()}"
        for name, value in fields.items()
    )
    found = members(f"{gap}{{{gap}{inside}{gap}}}{gap}")
    assert {name: piece.raw.encode() for name, piece in found.items()} == fields
    assert all(piece.value == json.loads(piece.raw) for piece in found.values())


@given(st.lists(data), spaces)
def test_each_item_is_the_text_that_stood_there(texts: list[bytes], gap: str) -> None:
    inside = f"{gap},{gap}".join(text.decode() for text in texts)
    assert [raw.encode() for raw in items(f"{gap}[{gap}{inside}{gap}]{gap}")] == texts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{1:2}",
        '{"a"}',
        '{"a":}',
        '{"a":1',
        '{"a":1,}',
        '{"a":1]',
        '{"a":1}}',
        "{}{}",
        '{"a":1,"a":2}',
        "[]",
    ],
)
def test_what_is_no_object_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=WORDS):
        members(text)


@pytest.mark.parametrize("text", ["", "[", "[1", "[1,]", "[1}", "[1]]", "[,]", "[][]", "{}"])
def test_what_is_no_array_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=WORDS):
        items(text)


@given(values)
def test_only_objects_have_members(value: Any) -> None:
    if not isinstance(value, dict):
        with pytest.raises(ValueError, match="otherwise"):
            members(json.dumps(value))
