"""Things come up when they are due, in order, and only if they are still wanted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings_memory.agenda import Agenda


def test_nothing_is_taken_before_its_moment() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.plan("tea", 17.0)

    assert (agenda.due, agenda.take(16.9), agenda.take(17.0)) == (17.0, None, "tea")
    assert (agenda.due, agenda.take(99.0)) == (None, None)


def test_what_is_planned_for_one_moment_is_taken_in_the_order_it_was_planned_in() -> None:
    agenda: Agenda[str] = Agenda()
    for key in ("c", "a", "b"):
        agenda.plan(key, 1.0)

    assert [agenda.take(1.0) for _ in range(3)] == ["c", "a", "b"]


def test_what_is_dropped_does_not_come() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.plan("tea", 1.0)

    agenda.drop("tea")
    agenda.drop("never planned")

    assert (agenda.due, len(agenda)) == (None, 0)


def test_a_million_changes_of_plan_take_no_room() -> None:
    agenda: Agenda[int] = Agenda()
    agenda.plan(-1, 0.5)

    for n in range(1000):
        agenda.plan(n % 10, float(n))
    for n in range(10):
        agenda.drop(n)

    for n in range(100, 1000):
        agenda.plan(n, float(n))
    for n in range(100, 1000):
        agenda.drop(n)

    assert len(agenda._heap) < 100
    assert agenda.take(1e9) == -1


KEYS = st.integers(0, 9)
MOMENTS = st.integers(0, 20).map(float)
STEPS = st.lists(
    st.tuples(st.just("plan"), KEYS, MOMENTS)
    | st.tuples(st.just("drop"), KEYS, MOMENTS)
    | st.tuples(st.just("take"), KEYS, MOMENTS),
    max_size=300,
)


@given(STEPS)
def test_the_earliest_that_is_wanted_is_taken_first(steps: list[tuple[str, int, float]]) -> None:
    agenda: Agenda[int] = Agenda()
    wanted: dict[int, float] = {}
    for step, key, moment in steps:
        match step:
            case "plan":
                agenda.plan(key, moment)
                wanted[key] = moment
            case "drop":
                agenda.drop(key)
                wanted.pop(key, None)
            case "take":
                due = min(wanted.values(), default=None)
                taken = agenda.take(moment)
                if due is None or due > moment:
                    assert taken is None
                else:
                    assert taken is not None
                    assert wanted.pop(taken) == due
        assert (len(agenda), agenda.due) == (len(wanted), min(wanted.values(), default=None))
