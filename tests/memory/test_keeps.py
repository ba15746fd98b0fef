"""What the memory store keeps is set in the units people think in, and checked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tidings.errors import SettingsError
from tidings_memory import MemoryStore


@pytest.mark.parametrize("span", [timedelta(days=7), 604_800, 604_800.0, "P7D", "604800"])
def test_a_span_is_given_as_a_timedelta_as_seconds_or_in_iso_8601(span: Any) -> None:
    assert MemoryStore(log_age=span)._keeps.log_age == 604_800.0


def test_by_default_a_log_is_kept_for_a_week_and_an_inbox_for_a_year() -> None:
    keeps = MemoryStore()._keeps

    assert (keeps.log_count, keeps.inbox_count) == (10_000, 100_000)
    assert [keeps.log_age, keeps.inbox_age, keeps.remember] == [
        timedelta(days=days).total_seconds() for days in (7, 365, 7)
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"log_count": 0},
        {"inbox_count": "many"},
        {"log_age": "a week"},
        {"log_age": None},
        {"remember": -1},
        {"inbox_age": float("inf")},
        {"inbox_age": timedelta.max},
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    (name,) = wrong

    with pytest.raises(SettingsError, match=f"MemoryStore: {name}: "):
        MemoryStore(**wrong)


def test_what_is_no_span_is_told_what_is() -> None:
    with pytest.raises(SettingsError, match="log_age: use a number of seconds, a timedelta, or"):
        MemoryStore(log_age="a week")
