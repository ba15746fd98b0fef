"""What an event says is told from what another says, without keeping either."""

from __future__ import annotations

import pytest

from memory.samples import NOON, said, told
from tidings.digest import digest


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
