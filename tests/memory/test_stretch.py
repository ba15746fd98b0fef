"""A stretch is a list whose old end falls away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings_memory.stretch import Stretch

STEPS = st.lists(
    st.tuples(st.sampled_from(["append", "drop", "set", "read"]), st.integers(0, 50)), max_size=60
)


@given(STEPS)
def test_it_does_what_a_list_does(steps: list[tuple[str, int]]) -> None:
    stretch: Stretch[int] = Stretch()
    plain: list[int] = []
    for step, n in steps:
        match step:
            case "append":
                for item in range(n):
                    stretch.append(item)
                plain.extend(range(n))
            case "drop":
                assert stretch.drop(n) == plain[:n]
                del plain[:n]
            case "set" if n < len(plain):
                stretch[n] = plain[n] = -1
            case "read":
                assert stretch.read(n, 7) == plain[n : n + 7]
        assert (len(stretch), [stretch[i] for i in range(len(plain))]) == (len(plain), plain)


def test_what_was_dropped_is_let_go_of() -> None:
    stretch: Stretch[int] = Stretch()
    for item in range(1000):
        stretch.append(item)

    for _ in range(900):
        stretch.drop(1)

    assert len(stretch._items) < 120
