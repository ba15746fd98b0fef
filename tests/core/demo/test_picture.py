from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tidings import Counts, Entry, Notification, Page, Position
from tidings.demo.picture import picture, picture_differences

MADE = datetime(2026, 5, 1, 12, tzinfo=UTC)


def entry(id: str, heading: str = "Work", offset: int = 1, **states: bool) -> Entry:  # noqa: A002
    data = Notification(id=id, heading=heading, created_at=MADE).to_json()
    return Entry(id, offset, data, **states)


INBOX = Page([entry("b"), entry("a", opened=True, seen=True)], Counts(1, 1), Position("e", 9))


def differences(mine: Page, other: Page) -> list[str]:
    return list(picture_differences({"ann": picture(mine)}, {"ann": picture(other)}, "memory"))


def test_the_same_inbox_in_another_log_has_the_same_picture() -> None:
    entries = [entry("b", offset=7), entry("a", offset=5, opened=True, seen=True)]
    other = replace(INBOX, entries=entries, position=Position("another", 20))

    assert differences(INBOX, other) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"entries": INBOX.entries[:1]}, "notifications, content, states"),
        ({"entries": INBOX.entries[::-1]}, "notifications, content, states"),
        ({"entries": [entry("b", "Play"), INBOX.entries[1]]}, "content"),
        ({"entries": [entry("b"), entry("a", seen=True)]}, "states"),
        ({"entries": [entry("b", archived=True), INBOX.entries[1]]}, "states"),
        ({"counts": Counts(1, 0)}, "counts"),
    ],
)
def test_what_differs_is_told(changed: dict[str, Any], told: str) -> None:
    other = replace(INBOX, **changed)

    assert differences(INBOX, other) == [f"inbox of ann: other {told} than on memory"]


def test_an_inbox_that_only_one_has_is_told() -> None:
    one = {"ann": picture(INBOX)}

    assert list(picture_differences(one, {}, "memory")) == ["inbox of ann: not there on memory"]
    assert list(picture_differences({}, one, "memory")) == ["inbox of ann: only there on memory"]
