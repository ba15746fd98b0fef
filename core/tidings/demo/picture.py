"""What an inbox comes to, in a few bytes: to hold one transport's inboxes against another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from tidings.event import Counts
from tidings.page import Page


class Picture(NamedTuple):
    """What a user's inbox holds, each part as a digest of all entries in their order.

    Positions are no part of it: between two notifications, others of the user's devices may have
    changed something sooner or later.
    """

    notifications: bytes
    content: bytes
    states: bytes
    counts: Counts


def picture(inbox: Page) -> Picture:
    """Take the picture of a whole inbox."""
    ids, content, states = (blake2b(digest_size=16) for _ in range(3))
    for entry in inbox.entries:
        ids.update(entry.id.encode() + b"\0")
        content.update(len(entry.data).to_bytes(4) + entry.data)
        states.update(bytes((entry.opened, entry.seen, entry.archived)))
    return Picture(ids.digest(), content.digest(), states.digest(), inbox.counts)


def picture_differences(
    mine: Mapping[str, Picture], others: Mapping[str, Picture], transport: str
) -> Iterator[str]:
    """Hold inboxes, by user, against what they are on another transport: a line for each user."""
    for user in dict.fromkeys([*others, *mine]):
        one, other = mine.get(user), others.get(user)
        if one is None or other is None:
            yield (
                f"inbox of {user}: only there on {transport}"
                if other
                else (f"inbox of {user}: not there on {transport}")
            )
        elif one != other:
            pairs = zip(Picture._fields, one, other, strict=True)
            parts = [field for field, this, that in pairs if this != that]
            yield f"inbox of {user}: other {', '.join(parts)} than on {transport}"
