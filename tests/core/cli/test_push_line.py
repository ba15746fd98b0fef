import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidings import InvalidData
from tidings.cli.push_line import read_push_line

_FIELDS = ["to", "id", "heading", "content", "payload", "buttons", "data", "sendAfter", "createdAt"]
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def test_a_line_says_who_gets_what() -> None:
    users, notification = read_push_line(b'{"to":["ann","bob","ann"],"heading":"Hi","id":"1"}\r')

    assert users == ["ann", "bob"]
    assert (notification.id, notification.heading) == ("1", "Hi")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "is no JSON: EOF"),
        ('{"to": "ann", "heading": "\udcff"}', "is no JSON"),
        ("[1]", "must be an object"),
        ('{"heading": "x"}', "to: is missing"),
        ('{"to": [], "heading": "x"}', "to: names nobody"),
        ('{"to": [7], "heading": "x"}', "to: user id of type int"),
        ('{"to": "", "heading": "x"}', "to: user id ''"),
        ('{"to": "ann"}', "heading: is missing"),
        ('{"to": "ann", "heading": ""}', "heading: must be one line of 1 to 200 characters"),
        ('{"to": "ann", "heading": "x", "two": 1}', "two: there is no such field"),
        ('{"to": "ann", "heading": "x", "too": 1}', "did you mean 'to'"),
        (
            '{"to": "ann", "heading": "x", "buttons": [{"id": "a", "txt": "b"}]}',
            "buttons.0.txt: there is no such field; did you mean 'text'?",
        ),
        (
            '{"to": "ann", "heading": "x", "payload": {"paht": "/"}}',
            "payload.paht: there is no such field; did you mean 'path'?",
        ),
        ('{"to": "ann", "heading": "x", "sendAfter": "2030-01-01T00:00:00"}', "needs a time zone"),
        ('{"to": "ann", "heading": "x", "data": NaN}', "data: data is no JSON"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: str, words: str) -> None:
    with pytest.raises(InvalidData) as caught:
        read_push_line(line.encode(errors="surrogateescape"))

    assert words in str(caught.value)


@given(st.binary(max_size=40))
def test_no_bytes_break_it(line: bytes) -> None:
    with suppress(InvalidData):
        read_push_line(line)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(_FIELDS), _VALUES))
def test_no_object_breaks_it(fields: dict[str, Any]) -> None:
    with suppress(InvalidData):
        read_push_line(json.dumps(fields).encode())
