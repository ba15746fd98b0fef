"""An id that was used is known for some time, with what it was used for."""

from __future__ import annotations

import pytest

from memory.samples import NOON, said, told
from tidings_memory.ids import Known, KnownIds, digest


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


def test_a_notification_says_the_same_whenever_it_was_made() -> None:
    assert digest(told("n")) == digest(told("n", created_at=NOON.replace(hour=13)))
    assert digest(told("n")) != digest(told("n", heading="Build failed"))


def test_a_plain_event_says_its_name_and_its_data() -> None:
    assert digest(said(b"1")) == digest(said(b"1"))
    assert digest(said(b"1")) != digest(said(b"2"))
    assert digest(said(b"1")) != digest(said(b"1")._replace(name="sung"))


@pytest.mark.parametrize("data", [b"no json", b"[]", b"\xff"])
def test_what_is_no_notification_still_says_something(data: bytes) -> None:
    broken = told("n")._replace(data=data)

    assert digest(broken) == digest(broken) != digest(told("n"))
