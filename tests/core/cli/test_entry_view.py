from datetime import UTC, datetime, timedelta

import pytest

from tidings import Entry, Notification
from tidings.cli.entry_view import ago, state

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)


def _entry(made: datetime = NOW, *, opened: bool = False, seen: bool = False) -> Entry:
    data = Notification(id="1", heading="Hi", created_at=made).to_json()
    return Entry("1", 1, data, opened=opened, seen=seen)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=1, minutes=59), "1 h ago"),
        (timedelta(days=29), "29 d ago"),
        (timedelta(days=366), "2029-01-30"),
        (timedelta(days=-366), "2031-02-01"),
    ],
)
def test_an_age_is_told_in_one_unit_and_long_ago_by_its_date(before: timedelta, told: str) -> None:
    assert ago(_entry(NOW - before), NOW) == told


def test_the_state_is_the_word_that_says_most() -> None:
    assert state(_entry()) == "unseen"
    assert state(_entry(seen=True)) == "pending"
    assert state(_entry(seen=True, opened=True)) == "opened"
    assert state(Entry("1", 1, b"{}", opened=True, archived=True)) == "archived"
