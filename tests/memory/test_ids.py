"""An id that was used is known for some time, with what it was used for."""

from __future__ import annotations

from tidings_memory.ids import Known, KnownIds


def test_an_id_is_known_until_it_has_left_for_long_enough() -> None:
    ids = KnownIds()
    ids.add("a", 1, b"digest")
    ids.leave("a", 100.0)

    assert ids.forget(99.9, 10) == 0
    assert (ids.get("a"), ids.due) == (Known(1, b"digest"), 100.0)
    assert ids.forget(100.0, 10) == 1
    assert (ids.get("a"), ids.due) == (None, None)


def test_ids_are_forgotten_a_few_at_a_time() -> None:
    ids = KnownIds()
    for n in range(5):
        ids.add(str(n), n, b"")
        ids.leave(str(n), float(n))

    assert [ids.forget(3.0, 3), ids.forget(3.0, 3), ids.forget(3.0, 3)] == [3, 1, 0]
    assert ids.due == 4.0
