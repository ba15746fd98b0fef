import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tidings.demo.check import device_differences, inbox_differences
from tidings.demo.expected import History, digest
from tidings.demo.repository import Repository
from tidings.event import Counts, Position
from tidings.page import Entry, Page

HEAD = Position("e", 4)
ONE = Entry("one", 1, b"1")
TWO = Entry("two", 3, b"2", opened=True, seen=True)
COUNTS = Counts(1, 1)
THERE = "and the inbox counts 1 pending and 1 unseen"
INBOX = Page([TWO, ONE], COUNTS, HEAD)
HISTORY = History(
    Repository(Path(), "head", 2),
    own=False,
    authors=2,
    nameless=0,
    digests={"one": digest(b"1"), "two": digest(b"2")},
    opened={"two"},
    inboxes={"ann": ["one", "two"]},
)


@dataclass
class Shown:
    """A device as it came to rest."""

    name: str = "tab"
    limit: int | None = None
    counts: Counts = COUNTS
    position: Position | None = HEAD
    entries: Sequence[Entry] = (TWO, ONE)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """It has gone."""


def test_what_is_as_it_must_be_has_no_difference() -> None:
    assert list(inbox_differences(HISTORY, "ann", INBOX)) == []
    assert list(device_differences(Shown(), "ann", INBOX)) == []
    assert list(device_differences(Shown(limit=1, entries=[TWO]), "ann", INBOX)) == []


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([TWO], "inbox of ann: 1 missing, such as one"),
        ([Entry("three", 4, b"3"), TWO, ONE], "inbox of ann: 1 never pushed, such as three"),
        ([TWO, ONE._replace(offset=2), ONE], "inbox of ann: 1 there twice, such as one"),
        ([TWO, ONE._replace(data=b"x")], "inbox of ann: 1 other than pushed, such as one"),
        ([TWO, ONE._replace(seen=True)], "inbox of ann: 1 in another state, such as one"),
        ([TWO._replace(archived=True), ONE], "inbox of ann: 1 in another state, such as two"),
        ([TWO._replace(opened=False), ONE], "inbox of ann: 1 in another state, such as two"),
    ],
)
def test_a_store_is_held_against_the_history(entries: Sequence[Entry], told: str) -> None:
    assert list(inbox_differences(HISTORY, "ann", replace(INBOX, entries=entries))) == [told]


def test_its_counts_are_too() -> None:
    wrong = replace(INBOX, counts=Counts(1, 0))
    assert list(inbox_differences(HISTORY, "ann", wrong)) == [
        "inbox of ann: counts 1 pending and 0 unseen, in place of 1 and 1"
    ]


@pytest.mark.parametrize(
    ("device", "told"),
    [
        (Shown(position=None), "tab of ann: came to nothing, and the log to offset 4"),
        (
            Shown(position=Position("e", 3)),
            "tab of ann: came to offset 3, and the log to offset 4",
        ),
        (Shown(entries=[TWO]), "tab of ann: shows 1 entries of 2"),
        (
            Shown(entries=[ONE, TWO]),
            "tab of ann: entry 1 from the top is one, and there two",
        ),
        (
            Shown(entries=[TWO, ONE._replace(seen=True)]),
            "tab of ann: entry 2 from the top is one, but not as it is there",
        ),
        (Shown(counts=Counts(2, 1)), f"tab of ann: counts 2 pending and 1 unseen, {THERE}"),
    ],
)
def test_a_device_is_held_against_the_store(device: Shown, told: str) -> None:
    assert list(device_differences(device, "ann", INBOX)) == [told]
