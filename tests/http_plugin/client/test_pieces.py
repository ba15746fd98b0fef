"""JSON is gone through once, and what is passed on stays as it was, to the byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings_http.client.pieces import Reader

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
spellings = st.sampled_from([{}, {"indent": 2}, {"separators": (" ,\t", "\r\n: ")}])


def read(reader: Reader) -> dict[str, bytes]:
    found = {name: reader.raw() for name in reader.members()}
    reader.end()
    return found


def told(found: dict[str, Any], style: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, **style)


@given(st.lists(st.dictionaries(st.text(), values, max_size=4), max_size=4), spellings)
def test_every_member_of_every_item_is_the_text_that_it_was(
    objects: list[dict[str, Any]], style: dict[str, Any]
) -> None:
    reader = Reader(told({"items": objects}, style))
    found = []
    for name in reader.members():
        assert name == "items"
        found = [{key: reader.raw().decode() for key in reader.members()} for _ in reader.items()]
    reader.end()

    assert [{k: json.loads(v) for k, v in each.items()} for each in found] == objects
    whole = told({"items": objects}, style)
    assert all(raw in whole for each in found for raw in each.values())


def test_what_is_taken_as_it_is_keeps_its_spaces_and_escapes() -> None:
    text = '{"data" : { "spaced" :\t[1.50, 1e3, "\\u00e9"] } , "n":1}'

    assert read(Reader(text)) == {"data": b'{ "spaced" :\t[1.50, 1e3, "\\u00e9"] }', "n": b"1"}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a"}', '{"a":1', '{"a":1,}', '{"a":1 "b":2}', "{1:2}", '{"a":1}x']
)
def test_what_is_no_object_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its words are the reader's and the library's)
        read(Reader(text))
