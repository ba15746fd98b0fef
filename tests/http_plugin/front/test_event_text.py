"""Event streams as text: what a browser makes of it, by the rules that it goes by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings import Counts, Event, Lagged, Position, Reset
from tidings.encoding import encode
from tidings_http import event_text
from tidings_http.chunks import Chunk

PLACE = Position("e:1", 7)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("aé\n:"), inner),
)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


class Seen(NamedTuple):
    """What a browser dispatches, and the last id it then has."""

    name: str
    data: str
    last: str


def browser(stream: bytes) -> Iterator[Seen]:
    """Read a stream as the standard says (WHATWG HTML, 9.2.6)."""
    last, name, data = "", "", list[str]()
    text = stream.decode().replace("\r\n", "\n").replace("\r", "\n")
    for line in text.split("\n"):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield Seen(name or "message", "\n".join(data), last)
            name, data = "", []
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            last = value


@given(name=NAMES, data=JSON, id=NAMES, main=st.booleans())
def test_a_browser_sees_what_was_published(name: str, data: object, id: str, main: bool) -> None:  # noqa: A002
    event = Event("news", name, encode(data), id, PLACE, Counts(2, 1))
    (seen,) = browser(event_text.delivery(event, main=main))
    told = json.loads(seen.data)
    assert seen.name == name
    assert told["data"] == data
    assert told["id"] == id
    assert told["position"] == {"epoch": "e:1", "offset": 7}
    assert told["counts"] == {"pending": 2, "unseen": 1}
    assert seen.last == ("e:1:7" if main else "")
    assert ("channel" in told) is not main


@given(data=JSON, indent=st.sampled_from([None, 1, "\t"]))
def test_whatever_stands_between_the_tokens_of_json_it_stays_one_event(
    data: object, indent: str | int | None
) -> None:
    text = json.dumps(data, indent=indent).replace("\n", "\r\n\n\r").encode()
    (seen,) = browser(event_text.delivery(Event("c", "e", text, "i"), main=True))
    assert json.loads(seen.data)["data"] == data


@pytest.mark.parametrize("name", ["a\nb", "a\r", "\n", "x\r\ndata: 1"])
def test_a_name_of_two_lines_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="line end"):
        event_text.delivery(Event("c", name, b"{}", "i"), main=True)


def test_what_takes_the_place_of_events_is_one_too() -> None:
    reset, lagged = Reset("news", PLACE, "trimmed"), Lagged("news", 3)
    stream = b"".join(event_text.delivery(each, main=True) for each in (reset, lagged))
    first, second = browser(stream)
    assert (first.name, first.last) == ("tidings:reset", "e:1:7")
    assert json.loads(first.data) == {
        "data": {"reason": "trimmed"},
        "position": {"epoch": "e:1", "offset": 7},
    }
    assert (second.name, second.last) == ("tidings:lagged", "e:1:7")
    assert json.loads(second.data) == {"data": {"missed": 3}}
    (beside,) = browser(event_text.delivery(lagged, main=False))
    assert json.loads(beside.data) == {"channel": "news", "data": {"missed": 3}}


def test_a_welcome_says_what_there_is_to_say() -> None:
    ends = datetime(2030, 1, 31, tzinfo=UTC)
    whole = event_text.welcome("news", user="née", place=PLACE, badge=Counts(1, 0), expires_at=ends)
    (seen,) = browser(whole)
    assert json.loads(seen.data) == {
        "data": {"channel": "news", "user": "née", "expires_at": "2030-01-31T00:00:00+00:00"},
        "position": {"epoch": "e:1", "offset": 7},
        "counts": {"pending": 1, "unseen": 0},
    }
    bare = event_text.welcome("news", user=None, place=None, badge=None, expires_at=None)
    (seen,) = browser(bare)
    assert json.loads(seen.data) == {"data": {"channel": "news"}}


def test_a_ping_is_no_event() -> None:
    assert list(browser(event_text.PING)) == []


def test_the_end_says_when_to_return() -> None:
    text = event_text.end("restart", 1234)
    assert text.startswith(b"retry: 1234\n")
    (seen,) = browser(text)
    assert (seen.name, json.loads(seen.data)) == ("tidings:end", {"data": {"reason": "restart"}})


def test_a_chunk_is_framed_once_as_http_has_it() -> None:
    chunk = Chunk([b"a" * 10, b"b" * 16])
    assert chunk.framed == b"1a\r\n" + b"a" * 10 + b"b" * 16 + b"\r\n"
    assert chunk.framed is chunk.framed
    assert len(chunk) == 26
