from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.cli.values import button, moment, span

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@given(st.lists(st.tuples(st.integers(0, 99), st.sampled_from(list(_UNITS))), min_size=1))
def test_a_span_is_the_sum_of_its_parts(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in parts)

    assert span(text) == timedelta(seconds=sum(number * _UNITS[unit] for number, unit in parts))


@pytest.mark.parametrize("text", ["", "5", "h", "-1h", "1 h", "1y", "1.h", "9" * 400 + "w"])
def test_what_is_no_span_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="span of time"):
        span(text)


def test_a_moment_has_a_time_zone_or_is_a_span_from_now() -> None:
    assert moment("2030-01-31T09:00Z") == datetime(2030, 1, 31, 9, tzinfo=UTC)
    assert moment("1.5h") - datetime.now(UTC) <= timedelta(hours=1.5)
    with pytest.raises(ValueError, match="no time zone"):
        moment("2030-01-31")
    with pytest.raises(ValueError, match="beyond the calendar"):
        moment("9999999d")


@given(st.text(alphabet="0123456789.smhdwTZ:+-", max_size=25))
def test_no_text_breaks_a_moment(text: str) -> None:
    with suppress(ValueError):
        assert moment(text).tzinfo is not None


def test_a_buttons_text_may_have_an_equals_sign() -> None:
    assert button("go=1 + 1 = 2") == {"id": "go", "text": "1 + 1 = 2"}
