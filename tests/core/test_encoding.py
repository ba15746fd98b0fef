import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.encoding import DATA_LIMIT, encode
from tidings.errors import InvalidData

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_json_reads_back_what_was_encoded(data: object) -> None:
    assert json.loads(encode(data)) == data


@given(VALUES)
def test_the_wire_carries_one_line_of_utf8(data: object) -> None:
    assert not set(encode(data).decode()) & set(map(chr, range(32)))


def test_data_is_written_without_spaces_and_escapes() -> None:
    assert encode({"who": "Zoë", "ids": [1, 2]}) == '{"who":"Zoë","ids":[1,2]}'.encode()


def cycle() -> object:
    data: list[object] = []
    data.append(data)
    return data


def nested(depth: int) -> object:
    data: object = 1
    for _ in range(depth):
        data = [data]
    return data


@pytest.mark.parametrize(
    "data",
    [
        float("nan"),
        [float("inf")],
        {"x": -float("inf")},
        {float("nan"): 1},
        "\ud800",
        {"half \udc00": 1},
        datetime.now(UTC),
        {1, 2},
        b"bytes",
        object(),
        {("a", "b"): 1},
        cycle(),
        nested(100_000),
        10**5000,
    ],
    ids=lambda data: type(data).__name__,
)
def test_what_json_has_no_word_for_is_refused_with_what_it_has(data: object) -> None:
    with pytest.raises(InvalidData, match="Use dict, list, str, int, finite float, bool, None"):
        encode(data)


def test_the_limit_counts_bytes_and_not_characters() -> None:
    fits = "é" * ((DATA_LIMIT - 2) // 2)

    assert len(encode(fits)) == DATA_LIMIT
    with pytest.raises(InvalidData, match=r"65,537 bytes of JSON; at most 65,536"):
        encode(fits + "e")
