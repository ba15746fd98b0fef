"""What a client has missed is written a stretch at a time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tidings import Event, Position, Reset
from tidings.stretches import stretches


@pytest.mark.parametrize(
    ("sizes", "cut"),
    [([], []), ([1], [[1]]), ([4, 4, 4], [[4, 4], [4]]), ([9, 1, 1], [[9], [1, 1]])],
)
def test_a_stretch_ends_once_it_has_its_bytes(
    sizes: Sequence[int], cut: Sequence[Sequence[int]]
) -> None:
    events = [Event("c", "e", b"x" * size, "id") for size in sizes]
    found = [[len(event.data) for event in some] for some in stretches(events, 8)]  # type: ignore[union-attr]
    assert found == cut


def test_a_reset_leaves_with_what_is_around_it() -> None:
    reset = Reset("c", Position("e", 3), "trimmed")
    event = Event("c", "e", b"x" * 8, "id")
    assert list(stretches([reset, event, event], 8)) == [[reset, event], [event]]
