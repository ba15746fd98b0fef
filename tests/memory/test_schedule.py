"""What is scheduled waits for its moment, and is found by channel and by id."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memory.samples import ANN, BOB, NOON, told
from tidings.changes import OPENED, Change
from tidings.errors import Conflict, InvalidData
from tidings_memory.schedule import Due, Planned, Schedule

ONE = NOON + timedelta(hours=1)
TWO = NOON + timedelta(hours=2)


def test_what_is_planned_is_due_in_its_time() -> None:
    schedule = Schedule()
    later, sooner = told("later"), told("sooner")
    schedule.plan(later, TWO)
    schedule.plan(sooner, ONE)

    assert schedule.due == ONE
    assert schedule.take(NOON.timestamp()) is None
    assert schedule.take(ONE.timestamp()) == Due(ANN, "sooner")
    assert schedule.unplan(ANN, "sooner") == sooner
    assert schedule.due == TWO


def test_a_known_id_is_found_with_its_moment() -> None:
    schedule = Schedule()
    schedule.plan(told("n"), ONE)

    assert schedule.known(told("n")) == Planned(told("n"), ONE)
    assert schedule.known(told("n", BOB)) is None
    with pytest.raises(Conflict, match="'n' is scheduled with other content"):
        schedule.known(told("n", heading="Build failed"))


def test_one_push_to_many_users_is_cancelled_at_once() -> None:
    schedule = Schedule()
    for event in (told("n", ANN), told("n", BOB), told("other", ANN)):
        schedule.plan(event, ONE)

    assert (schedule.cancel("n"), schedule.cancel("n")) == (2, 0)
    assert schedule.take(ONE.timestamp()) == Due(ANN, "other")
    assert schedule.take(ONE.timestamp()) is None


def test_what_is_planned_no_more_leaves_nothing_behind() -> None:
    schedule = Schedule()
    schedule.plan(told("n"), ONE)

    schedule.unplan(ANN, "n")

    assert (schedule._planned, schedule._channels, len(schedule._agenda)) == ({}, {}, 0)


def test_a_channel_that_is_forgotten_has_nothing_left_to_come() -> None:
    schedule = Schedule()
    schedule.plan(told("n", ANN), ONE)
    schedule.plan(told("n", BOB), ONE)
    schedule.tend(ANN, NOON.timestamp())

    schedule.forget(ANN)

    assert schedule.take(ONE.timestamp()) == Due(BOB, "n")
    assert (schedule.due, schedule.cancel("n")) == (None, 1)


def test_a_channel_is_tended_at_one_moment_alone() -> None:
    schedule = Schedule()
    schedule.tend(ANN, 50.0)
    schedule.tend(ANN, 20.0)

    assert (schedule.take(20.0), schedule.take(50.0)) == (Due(ANN, None), None)


def test_what_could_not_be_appended_later_is_refused_now() -> None:
    schedule = Schedule()

    with pytest.raises(InvalidData, match="cannot be scheduled"):
        schedule.plan(Change(OPENED, ("n",)).event(ANN), ONE)
    with pytest.raises(InvalidData, match="no notification"):
        schedule.plan(told("n")._replace(data=b"no json"), ONE)
    assert schedule.due is None
