"""An inbox in pages: newest first, by cursors and filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from logic.following import ids, note, push_all
from tidings import Counts, StalePosition, Tidings
from tidings.page import State


async def test_an_empty_inbox_has_a_page_too(tidings: Tidings) -> None:
    page = await tidings.inbox("ann")

    assert (list(page.entries), page.counts, page.cursor) == ([], Counts(0, 0), None)
    assert page.position.offset == 0


async def test_cursors_lead_through_all_entries_once(tidings: Tidings) -> None:
    names = [f"n{number}" for number in range(23)]
    await push_all(tidings, "ann", names)
    inbox, seen = tidings.inbox("ann"), []

    page = await inbox.page(5)
    while page.cursor is not None:
        seen += ids(page.entries)
        await push_all(tidings, "ann", [f"late{len(seen)}"])  # moves no page behind the first
        page = await inbox.page(5, before=page.cursor)

    assert seen + ids(page.entries) == names[::-1]


async def test_going_through_all_entries_needs_no_cursor(tidings: Tidings) -> None:
    names = [f"n{number}" for number in range(230)]
    await push_all(tidings, "ann", names, category="x")
    await push_all(tidings, "ann", ["other"])

    found = [entry.id async for entry in tidings.inbox("ann").entries(category="x")]

    assert found == names[::-1]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "edcba"),
        ("pending", "edb"),
        ("unseen", "ed"),
        ("opened", "a"),
        ("archived", "c"),
    ],
)
async def test_a_page_of_one_state(tidings: Tidings, state: State | None, expected: str) -> None:
    await push_all(tidings, "ann", "abcde")
    inbox = tidings.inbox("ann")
    await inbox.open("a", "c")
    await inbox.see("b")
    await inbox.archive("c")

    page = await inbox.page(state=state)

    assert "".join(ids(page.entries)) == expected
    assert page.counts == Counts(3, 2)


async def test_a_page_of_one_category_since_a_moment(tidings: Tidings) -> None:
    noon = datetime(2029, 6, 1, 12, tzinfo=UTC)
    for number, name in enumerate("abcd"):
        made = noon + timedelta(minutes=number)
        category = "x" if name in "abd" else "y"
        await tidings.push("ann", note(name, created_at=made, category=category))
    inbox = tidings.inbox("ann")

    assert ids((await inbox.page(category="x")).entries) == ["d", "b", "a"]
    since = noon + timedelta(minutes=1)
    assert ids((await inbox.page(category="x", since=since)).entries) == ["d", "b"]
    assert ids((await inbox.page(category="x", since=since, limit=1)).entries) == ["d"]


async def test_a_cursor_of_a_forgotten_inbox_is_refused(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "abc")
    cursor = (await tidings.inbox("ann").page(1)).cursor
    await tidings.forget("ann")

    with pytest.raises(StalePosition, match="take the first page"):
        await tidings.inbox("ann").page(before=cursor)


@pytest.mark.parametrize("limit", [0, 1001])
async def test_a_page_has_1_to_1000_entries(tidings: Tidings, limit: int) -> None:
    with pytest.raises(ValueError, match="ask for 1 to 1,000"):
        await tidings.inbox("ann").page(limit)


async def test_a_moment_needs_a_time_zone(tidings: Tidings) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        await tidings.inbox("ann").page(since=datetime(2029, 6, 1))  # noqa: DTZ001


async def test_pages_of_two_users_have_nothing_in_common(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    await push_all(tidings, "Ann", "c")
    await tidings.inbox("Ann").open_all()

    assert (await tidings.inbox("ann")).counts == Counts(2, 2)
    assert ids((await tidings.inbox("Ann")).entries) == ["c"]
