import os
import threading
from collections.abc import Sequence
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.cli.lines import Line, LineSplitter, read_lines

LIMIT = 4


@given(chunks=st.lists(st.text("ab\n", max_size=12).map(str.encode)))
def test_lines_are_the_same_however_they_are_cut(chunks: Sequence[bytes]) -> None:
    splitter = LineSplitter(LIMIT)
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    lines += splitter.end()

    expected = b"".join(chunks).split(b"\n")
    if not expected[-1]:
        expected.pop()
    texts = [text if len(text) <= LIMIT else None for text in expected]
    assert lines == [Line(number, text) for number, text in enumerate(texts, 1)]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    splitter = LineSplitter()

    assert splitter.feed(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n") == [
        Line(1, b"{}"),
        Line(2, b"\xef\xbb\xbf{}"),
    ]


async def test_a_pipe_is_heard_line_by_line_before_it_ends() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream:
        lines = read_lines(stream)
        os.write(writing, b"one\n")
        assert await anext(lines) == [Line(1, b"one")]

        os.write(writing, b"two\nthr")
        assert await anext(lines) == [Line(2, b"two")]

        os.close(writing)
        assert await anext(lines) == [Line(3, b"thr")]
        assert await anext(lines, None) is None


async def test_reading_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())

    assert [lines async for lines in read_lines(BytesIO(b"a\nb"))] == [
        [Line(1, b"a")],
        [Line(2, b"b")],
    ]
    for thread in threading.enumerate():
        if thread.name == "tidings reads lines":
            thread.join(timeout=5)
    assert set(threading.enumerate()) <= before  # others' threads may have ended meanwhile


async def test_a_stream_that_cannot_be_read_raises_here() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    stream = os.fdopen(reading, "rb")
    stream.close()

    with pytest.raises(ValueError, match="closed file"):
        await anext(read_lines(stream))
