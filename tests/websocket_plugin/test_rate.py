"""How often something may happen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings_websocket.rate import Rate


def test_after_some_rest_twice_as_many_may_come_at_once() -> None:
    rate = Rate(5, now=0)
    assert [rate.allows(0) for _ in range(12)] == [True] * 10 + [False] * 2


def test_then_as_many_as_are_granted() -> None:
    rate = Rate(5, now=0)
    while rate.allows(0):
        pass
    assert [rate.allows(1) for _ in range(6)] == [True] * 5 + [False]
    assert rate.allows(1.25)
    assert not rate.allows(1.25)


def test_once_in_a_long_while_is_a_rate_too() -> None:
    rate = Rate(0.1, now=0)
    assert rate.allows(0)
    assert not rate.allows(5)
    assert rate.allows(15)


@given(
    per_second=st.floats(0.1, 100),
    pauses=st.lists(st.floats(0, 10), max_size=200),
)
def test_over_any_time_no_more_than_that_happens(per_second: float, pauses: list[float]) -> None:
    now, allowed = 0.0, 0
    rate = Rate(per_second, now)
    for pause in pauses:
        now += pause
        allowed += rate.allows(now)
    assert allowed <= max(1.0, 2 * per_second) + now * per_second + 1e-6
