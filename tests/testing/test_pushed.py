"""A test looks at what the application pushed, and is told what there was in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest

from tidings import InvalidName, Notification, Tidings
from tidings.testing import Pushed
from tidings_memory import MemoryStore


@pytest.fixture
def pushed() -> Pushed:
    return Pushed()


@pytest.fixture
async def tidings(pushed: Pushed) -> AsyncIterator[Tidings]:
    async with Tidings(pushed, MemoryStore()) as opened:
        yield opened


async def test_the_one_that_was_pushed_is_returned(tidings: Tidings, pushed: Pushed) -> None:
    build = Notification(heading="Build passed", category="builds", data={"number": 7})
    await tidings.push(["ann", "bob"], build)
    await tidings.push("ann", Notification(heading="Lunch"))

    assert pushed.to("ann").one(heading="Build passed") == build
    assert pushed.to("ann").one(category="builds", data={"number": ANY}) == build
    assert pushed.to("bob").one() == build
    assert [each.heading for each in pushed.to("ann").all()] == ["Build passed", "Lunch"]
    assert pushed.users() == ["ann", "bob"]
    pushed.to("eve").none()
    pushed.to("bob").none(heading="Lunch")


async def test_a_missing_one_fails_with_what_there_was(tidings: Tidings, pushed: Pushed) -> None:
    await tidings.push(["ann", "bob"], Notification(id="b7", heading="Build passed"))

    with pytest.raises(AssertionError) as failed:
        pushed.to("ann").one(heading="Build failed")

    assert str(failed.value).splitlines() == [
        "expected exactly one notification to 'ann' with heading='Build failed', and 0 of 1 match:",
        "  Notification(id='b7', heading='Build passed')",
        "Pushed to others: 'bob' (1).",
    ]


async def test_several_where_one_is_expected_are_marked(tidings: Tidings, pushed: Pushed) -> None:
    for id, heading in ("b7", "Build passed"), ("b8", "Build passed"), ("l1", "Lunch"):  # noqa: A001
        await tidings.push("ann", Notification(id=id, heading=heading))

    with pytest.raises(AssertionError) as failed:
        pushed.to("ann").one(heading="Build passed")

    assert str(failed.value).splitlines()[1:] == [
        "> Notification(id='b7', heading='Build passed')",
        "> Notification(id='b8', heading='Build passed')",
        "  Notification(id='l1', heading='Lunch')",
        "Pushed to others: nothing.",
    ]


async def test_nobody_was_to_be_told_and_somebody_was(tidings: Tidings, pushed: Pushed) -> None:
    await tidings.push("ann", Notification(heading="Build passed"))

    with pytest.raises(AssertionError, match="expected no notification to 'ann', and 1 of 1"):
        pushed.to("ann").none()


async def test_nothing_at_all_was_pushed(pushed: Pushed) -> None:
    assert pushed.users() == []
    with pytest.raises(AssertionError, match=r"there was none at all\.\nPushed to others: nothing"):
        pushed.to("ann").one()


async def test_a_misspelt_field_is_no_mismatch(pushed: Pushed) -> None:
    with pytest.raises(TypeError, match="no field 'headding': there are id, heading, content"):
        pushed.to("ann").none(headding="Build passed")


def test_a_user_who_cannot_be_is_refused(pushed: Pushed) -> None:
    with pytest.raises(InvalidName):
        pushed.to("")


async def test_pushed_twice_is_noted_once(tidings: Tidings, pushed: Pushed) -> None:
    once = Notification(heading="Invoice 7 was paid")
    await tidings.push("ann", once)
    await tidings.push("ann", once)

    pushed.to("ann").one()


async def test_pushed_again_after_a_scene_was_set_is_a_duplicate_still(
    tidings: Tidings, pushed: Pushed
) -> None:
    once = Notification(heading="Invoice 7 was paid")
    await tidings.push("ann", once)
    pushed.clear()
    await tidings.push("ann", once)

    pushed.to("ann").none()


async def test_what_is_for_later_is_not_pushed_yet(tidings: Tidings, pushed: Pushed) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await tidings.push("ann", Notification(heading="Stand-up", send_after=tomorrow))

    pushed.to("ann").none()


async def test_plain_events_are_looked_at_by_channel(tidings: Tidings, pushed: Pushed) -> None:
    await tidings.publish("news", "headline", {"text": "Rain at last"}, origin="c1")
    await tidings.publish("sports", "score", 7)

    event = pushed.events("news").one(name="headline", data={"text": "Rain at last"})
    assert event.origin == "c1"
    with pytest.raises(AssertionError, match=r"Sent on other channels: 'news' \(1\)"):
        pushed.events("sports").one(name="headline")


async def test_a_scene_is_set_before_what_is_tested(tidings: Tidings, pushed: Pushed) -> None:
    await tidings.push("ann", Notification(heading="Welcome"))
    pushed.clear()
    await tidings.push("ann", Notification(heading="Build passed"))

    assert pushed.to("ann").one().heading == "Build passed"
    assert "1 of notification to 'ann'" in repr(pushed.to("ann"))
