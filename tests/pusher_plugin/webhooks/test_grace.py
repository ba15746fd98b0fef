"""Who is gone for a moment only is not reported."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from tidings_pusher.webhooks.grace import Grace, Report

WAIT = 3.0

# how long after the one before, which channel, and whose coming or going
steps = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.5, 1.0, 2.5, 3.0, 3.5, 10.0]),
        st.sampled_from(["presence-a", "presence-b"]),
        st.sampled_from(["ann", "bob"]),
    ),
    max_size=60,
)


def event(name: str, channel: str, user: str | None = None) -> Report:
    whose = {} if user is None else {"user_id": user}
    return {"name": name, "channel": channel, **whose}


VACATED = event("channel_vacated", "news")
OCCUPIED = event("channel_occupied", "news")


def test_who_is_gone_is_reported_after_the_grace() -> None:
    grace = Grace(WAIT)
    assert grace.take(VACATED, 10.0) == []
    assert grace.next_due == 13.0
    assert grace.due(12.9) == []
    assert grace.due(13.0) == [VACATED]
    assert grace.next_due is None


def test_who_comes_back_within_it_was_never_away() -> None:
    grace = Grace(WAIT)
    grace.take(VACATED, 0.0)
    assert grace.take(OCCUPIED, 2.9) == []
    assert grace.due(100.0) == []
    assert grace.take(VACATED, 100.0) == []
    assert grace.due(103.0) == [VACATED]


def test_who_comes_back_later_is_reported_as_coming() -> None:
    grace = Grace(WAIT)
    grace.take(VACATED, 0.0)
    assert grace.due(3.0) == [VACATED]
    assert grace.take(OCCUPIED, 3.1) == [OCCUPIED]


def test_another_member_or_channel_brings_nobody_back() -> None:
    grace = Grace(WAIT)
    gone = event("member_removed", "presence-a", "ann")
    grace.take(gone, 0.0)
    for other in (
        event("member_added", "presence-a", "bob"),
        event("member_added", "presence-b", "ann"),
        event("channel_occupied", "presence-a"),
    ):
        assert grace.take(other, 1.0) == [other]
    assert grace.due(3.0) == [gone]


def test_closing_ends_every_grace_in_order() -> None:
    grace = Grace(WAIT)
    gone = event("member_removed", "presence-a", "ann")
    empty = event("channel_vacated", "presence-a")
    grace.take(gone, 0.0)
    grace.take(empty, 0.0)
    assert grace.flush() == [gone, empty]
    assert grace.next_due is None


def test_of_too_many_the_oldest_are_let_go_early() -> None:
    grace = Grace(WAIT, most=2)
    one, two, three = (event("channel_vacated", f"c{number}") for number in range(3))
    assert grace.take(one, 0.0) == grace.take(two, 1.0) == []
    assert grace.take(three, 2.0) == [one]
    assert grace.flush() == [two, three]


@given(steps, st.integers(1, 5))
def test_the_receiver_ends_with_the_truth_and_never_sees_what_cannot_be(
    walk: list[tuple[float, str, str]], most: int
) -> None:
    grace, now = Grace(WAIT, most), 0.0
    sent: list[Report] = []
    present: set[tuple[str, str]] = set()
    for pause, channel, user in walk:
        now += pause
        sent += grace.due(now)
        for report in toggled(present, channel, user):
            sent += grace.take(report, now)
    sent += grace.due(now + WAIT)
    assert folded(sent) == present


@given(steps)
def test_nobody_is_reported_as_gone_who_was_away_for_less_than_the_grace(
    walk: list[tuple[float, str, str]],
) -> None:
    grace, now = Grace(WAIT), 0.0
    away: dict[tuple[object, object], float] = {}
    present: set[tuple[str, str]] = set()
    for pause, channel, user in walk:
        now += pause
        for report in grace.due(now):
            if report["name"] == "member_removed":
                assert now - away[report["channel"], report["user_id"]] >= WAIT
        for report in toggled(present, channel, user):
            if report["name"] == "member_removed":
                away[channel, user] = now
            for at_once in grace.take(report, now):
                assert at_once["name"] in ("channel_occupied", "member_added")
                assert at_once == report


def toggled(present: set[tuple[str, str]], channel: str, user: str) -> Iterable[Report]:
    """Have a user come or go; return what a server reports of it, in its order."""
    others = [who for who in present if who[0] == channel and who[1] != user]
    if (channel, user) in present:
        present.remove((channel, user))
        yield event("member_removed", channel, user)
        if not others:
            yield event("channel_vacated", channel)
    else:
        present.add((channel, user))
        if not others:
            yield event("channel_occupied", channel)
        yield event("member_added", channel, user)


def folded(reports: Iterable[Report]) -> set[tuple[str, str]]:
    """Return who is where, as a receiver believes; whatever it is told must be news to it."""
    occupied: set[str] = set()
    members: set[tuple[str, str]] = set()
    for report in reports:
        channel, member = (
            str(report["channel"]),
            (str(report["channel"]), str(report.get("user_id"))),
        )
        if report["name"] == "channel_occupied":
            assert channel not in occupied
            occupied.add(channel)
        elif report["name"] == "channel_vacated":
            assert channel in occupied
            assert channel not in {where for where, _ in members}
            occupied.remove(channel)
        elif report["name"] == "member_added":
            assert channel in occupied
            assert member not in members
            members.add(member)
        else:
            members.remove(member)
    assert occupied == {where for where, _ in members}
    return members
