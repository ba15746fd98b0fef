"""Bodies of access requests: what clients can write is read as they meant it, all else refused."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

from hypothesis import example, given
from hypothesis import strategies as st

from tidings_pusher.access_request import Asked, read_channels, read_user
from tidings_pusher.exchange import Refused

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
NAMES = ("socket_id", "channel_name", "channel_name[0]", "channel_name[]", "channel_name[x]", "a")

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
lists = st.lists(texts, min_size=1, max_size=100)
fields = st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=5)), max_size=8)
json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)
bodies = st.one_of(
    st.binary(max_size=200),
    fields.map(lambda pairs: "&".join(f"{n}={quote(v, errors='replace')}" for n, v in pairs)).map(
        str.encode
    ),
    json_data.map(lambda data: json.dumps(data).encode()),
)


@given(st.sampled_from([FORM, JSON, "text/plain", "", ";"]), bodies)
@example(JSON, b"[" * 50_000)
@example(FORM, b"%")
def test_whatever_comes_is_read_or_refused(content_type: str, body: bytes) -> None:
    for read in (read_channels, read_user):
        try:
            asked = read(content_type, body)
        except Refused as refused:
            assert refused.status == (400 if content_type in (FORM, JSON) else 415)  # noqa: PT017
            assert str(refused)  # noqa: PT017
        else:
            if isinstance(asked, Asked):
                assert 1 <= len(asked.channels) <= 100
                assert all(isinstance(channel, str) for channel in asked.channels)
                assert asked.is_batch or len(asked.channels) == 1


@given(texts, texts)
def test_one_channel_is_read_alike_from_a_form_and_from_json(socket: str, channel: str) -> None:
    asked = {"socket_id": socket, "channel_name": channel}
    expected = Asked(socket, [channel], is_batch=False)
    assert read_channels(FORM, urlencode(asked).encode()) == expected
    assert read_channels(JSON, json.dumps(asked).encode()) == expected
    assert read_channels(JSON, json.dumps(asked, ensure_ascii=False).encode()) == expected


@given(texts, lists, st.booleans())
def test_a_batch_is_read_alike_from_a_form_and_from_json(
    socket: str, channels: list[str], numbered: bool
) -> None:
    names = [f"channel_name[{i if numbered else ''}]" for i in range(len(channels))]
    form = urlencode([("socket_id", socket), *zip(names, channels, strict=True)])
    expected = Asked(socket, channels, is_batch=True)
    assert read_channels(FORM, form.encode()) == expected
    as_json = json.dumps({"socket_id": socket, "channel_name": channels})
    assert read_channels(JSON, as_json.encode()) == expected
