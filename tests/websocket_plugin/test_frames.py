"""Frames that are built once: what a client reads in them is the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from tidings_websocket.frames import WINDOW_BITS, Batch, deflated, frame


def read(data: bytes, *, inflating: bool = False) -> list[bytes]:
    """Return what the library reads, as a client with a window no larger than ours."""
    client = ClientProtocol(parse_uri("ws://localhost"), state=OPEN, max_size=None)
    if inflating:
        client.extensions = [PerMessageDeflate(True, True, WINDOW_BITS, WINDOW_BITS)]
    client.receive_data(data)
    assert client.parser_exc is None
    frames = [event for event in client.events_received() if isinstance(event, Frame)]
    assert all(frame.opcode is Opcode.TEXT and frame.fin for frame in frames)
    return [bytes(frame.data) for frame in frames]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_a_text_of_any_size_is_one_frame(size: int) -> None:
    text = b"x" * size
    assert read(frame(text)) == [text]
    assert read(deflated(text), inflating=True) == [text]
    assert not deflated(text).endswith(b"\0\0\xff\xff")  # RFC 7692, 7.2.1


@given(st.lists(st.text(max_size=300).map(str.encode), max_size=10), st.integers(1, 400))
def test_texts_leave_together_and_are_read_one_by_one(texts: list[bytes], least: int) -> None:
    batch = Batch(texts, least)
    assert read(batch.plain) == texts
    assert read(batch.deflated, inflating=True) == texts
    assert batch.size == sum(map(len, texts))


@given(st.binary(max_size=20_000))
def test_nothing_of_one_frame_is_needed_for_the_next(text: bytes) -> None:
    data = deflated(text)
    assert read(data + data, inflating=True) == [text, text]


def test_what_is_small_is_not_compressed_and_each_form_is_made_once() -> None:
    small, large = b"x" * 99, b"x" * 100
    batch = Batch([small, large], 100)
    assert batch.plain == frame(small) + frame(large)
    assert batch.deflated == frame(small) + deflated(large)
    assert batch.plain is batch.plain
    assert batch.deflated is batch.deflated
