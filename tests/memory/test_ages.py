"""When offsets of a log were given is known to the second, and no sooner is one old."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings_memory.ages import Ages


def test_an_offset_is_old_once_its_time_has_passed() -> None:
    ages = Ages()
    ages.note(1, 100.0)
    ages.note(2, 160.0)

    assert [ages.through(now, 60.0) for now in (159.0, 160.0, 219.0, 220.0)] == [0, 1, 1, 2]
    assert (ages.ends(1, 60.0), ages.ends(2, 60.0)) == (160.0, 220.0)


def test_offsets_of_one_second_take_the_room_of_one() -> None:
    ages = Ages()
    for offset in range(1, 1001):
        ages.note(offset, 100 + offset / 1000)

    assert (ages.ends(1, 1.0), ages.ends(1000, 1.0)) == (102.0, 102.0)
    assert len(ages._seconds) == 1


def test_a_clock_that_is_set_back_stands_still() -> None:
    ages = Ages()
    ages.note(1, 100.0)
    ages.note(2, 50.0)

    assert (ages.ends(2, 1.0), ages.through(100.0, 1.0)) == (101.0, 0)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=40), st.floats(0.001, 10), st.data())
def test_nothing_is_old_too_early_or_a_second_late(
    pauses: list[float], age: float, data: st.DataObject
) -> None:
    ages, now, given_at = Ages(), 1000.0, []
    for offset, pause in enumerate(pauses, 1):
        now += pause
        given_at.append(now)
        ages.note(offset, now)
    dropped = data.draw(st.integers(1, len(pauses)))
    ages.drop(dropped)

    now += data.draw(st.floats(0, 15))
    through = ages.through(now, age)

    for offset in range(dropped, len(pauses) + 1):
        if offset <= through:
            assert given_at[offset - 1] + age <= now
        else:
            assert given_at[offset - 1] + age + 1 > now
        assert (ages.ends(offset, age) <= now) == (offset <= through)
