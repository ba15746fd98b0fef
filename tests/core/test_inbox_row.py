"""A row knows of its notification what an inbox is searched by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tidings.errors import InvalidData
from tidings.inbox_row import Row, facts
from tidings.notification import Notification
from tidings.page import Entry

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_facts_are_read_from_a_notification() -> None:
    told = Notification(
        heading="Built",
        category="ci",
        created_at=NOON,
        expires_at=NOON.astimezone(timezone(timedelta(hours=2))) + timedelta(days=1),
    )

    known = facts(told.to_json())

    assert known == ("ci", NOON.timestamp(), (NOON + timedelta(days=1)).timestamp())


def test_what_a_notification_does_not_say_is_no_fact() -> None:
    known = facts(Notification(heading="Built").to_json())

    assert (known.category, known.expires) == (None, None)


@pytest.mark.parametrize("data", [b"no json", b"[1]", b"{}", b'{"created_at":"noon"}'])
def test_what_is_no_notification_has_no_facts(data: bytes) -> None:
    with pytest.raises(InvalidData, match="no notification"):
        facts(data)


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("archived", [True, False])
def test_a_row_is_the_entry_it_was_made_of(*, opened: bool, seen: bool, archived: bool) -> None:
    entry = Entry("n1", 7, b"{}", opened, seen, archived)

    row = Row.of(entry)

    assert (row.entry(), row.gone) == (entry, False)
