"""Whom a notification is for, as an application may have it at hand."""

from __future__ import annotations

from typing import Any

import pytest

from tidings import InvalidName, Notification
from tidings.pushing import Push

HELLO = Notification(heading="Hello")


def test_one_user_several_and_one_named_twice_have_an_event_each() -> None:
    assert Push.of("ann", HELLO).users == ["ann"]
    assert Push.of((name for name in ("ann", "bob", "ann")), HELLO).users == ["ann", "bob"]


@pytest.mark.parametrize(("users", "kind"), [(5, "int"), (None, "NoneType"), ([5], "int")])
def test_an_id_that_is_no_text_is_told_with_the_cure(users: Any, kind: str) -> None:
    with pytest.raises(InvalidName, match=rf"user id of type {kind}: give it as text, str\("):
        Push.of(users, HELLO)
