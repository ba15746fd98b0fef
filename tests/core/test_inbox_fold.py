"""An inbox is what its events made of it: entries, states and counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.changes import (
    ARCHIVED,
    DELETED,
    EVICTED,
    EXPIRED,
    OPENED,
    REMOVES,
    SEEN,
    SETS,
    UNARCHIVED,
    UNOPENED,
    Change,
)
from tidings.errors import InvalidData
from tidings.event import Counts, Event, Position
from tidings.inbox_fold import Fold
from tidings.notification import NOTIFICATION, Notification
from tidings.page import Entry, Filter, State

ANN = "private-user-ann"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def told(offset: int, **fields: Any) -> Event:
    given = {"id": f"n{offset}", "heading": "Built", "created_at": NOON, **fields}
    notification = Notification(**given)
    return Event(ANN, NOTIFICATION, notification.to_json(), notification.id, Position("e", offset))


def an_inbox(*events: Event) -> Fold:
    fold = Fold()
    for event in events:
        fold.apply(event)
    return fold


def through(offset: int) -> Position:
    return Position("e", offset)


def ids(fold: Fold, wanted: Filter | None = None) -> list[str]:
    return [entry.id for entry in fold.page(wanted or Filter(), 1000)[0]]


def states(fold: Fold) -> tuple[bool, bool, bool]:
    (entry,) = fold.page(Filter(), 2)[0]
    return entry.opened, entry.seen, entry.archived


def test_a_notification_comes_in_pending_and_unseen() -> None:
    fold = an_inbox(told(1), told(2))

    assert ids(fold) == ["n2", "n1"]
    assert fold.counts == Counts(pending=2, unseen=2)


def test_an_entry_keeps_the_bytes_it_came_in() -> None:
    event = told(4, heading="Größer 🎉")

    (entry,) = an_inbox(event).page(Filter(), 1)[0]

    assert (entry.data, entry.offset) == (event.data, 4)
    assert entry.notification.heading == "Größer 🎉"


def test_a_known_id_is_no_news() -> None:
    fold = an_inbox(told(1), told(2, id="n1"))

    assert [entry.offset for entry in fold.page(Filter(), 10)[0]] == [1]
    assert fold.counts == Counts(1, 1)


def test_opening_implies_seen() -> None:
    fold = an_inbox(told(1))

    fold.change(Change(OPENED, ("n1",)))

    assert states(fold) == (True, True, False)
    assert fold.counts == Counts(0, 0)


def test_what_is_unopened_is_pending_again_but_has_been_seen() -> None:
    fold = an_inbox(told(1))

    fold.change(Change(OPENED, ("n1",)))
    fold.change(Change(UNOPENED, ("n1",)))

    assert states(fold) == (False, True, False)
    assert fold.counts == Counts(pending=1, unseen=0)


def test_seeing_leaves_an_entry_pending() -> None:
    fold = an_inbox(told(1), told(2))

    fold.change(Change(SEEN, ("n1",)))

    assert fold.counts == Counts(pending=2, unseen=1)


def test_what_is_archived_is_not_pending_until_it_is_unarchived() -> None:
    fold = an_inbox(told(1))

    fold.change(Change(ARCHIVED, ("n1",)))
    assert fold.counts == Counts(0, 0)
    fold.change(Change(UNARCHIVED, ("n1",)))

    assert fold.counts == Counts(pending=1, unseen=1)


@pytest.mark.parametrize("name", [DELETED, EXPIRED, EVICTED])
def test_what_is_removed_counts_no_more(name: str) -> None:
    fold = an_inbox(told(1), told(2))

    fold.change(Change(name, ("n1",)))

    assert (ids(fold), len(fold), fold.get("n1")) == (["n2"], 1, None)
    assert fold.counts == Counts(1, 1)


def test_a_change_through_an_offset_touches_nothing_that_came_later() -> None:
    fold = an_inbox(told(1), told(2), told(3))

    fold.change(Change(OPENED, through=through(2)))

    assert ids(fold, Filter(state="opened")) == ["n2", "n1"]
    assert ids(fold, Filter(state="unseen")) == ["n3"]


def test_a_change_through_an_offset_may_be_of_one_category() -> None:
    fold = an_inbox(told(1, category="ci"), told(2, category="chat"), told(3), told(4))

    fold.change(Change(DELETED, through=through(3), category="ci"))

    assert ids(fold) == ["n4", "n3", "n2"]


def test_a_change_tells_which_rows_it_altered() -> None:
    fold = an_inbox(told(1), told(2))
    fold.change(Change(SEEN, ("n1",)))

    altered = fold.change(Change(SEEN, ("n2", "n1", "never heard of", "n2")))

    assert [row.id for row in altered] == ["n2"]


def test_plain_events_do_nothing_to_an_inbox() -> None:
    fold = an_inbox(told(1), Event(ANN, "typing", b"{}", "e", Position("e", 2)))

    assert (ids(fold), fold.counts) == (["n1"], Counts(1, 1))


def test_a_change_that_cannot_be_read_leaves_the_inbox_as_it_was() -> None:
    fold = an_inbox(told(1))

    with pytest.raises(InvalidData):
        fold.apply(Event(ANN, OPENED, b"no json", "e", Position("e", 2)))

    assert fold.counts == Counts(1, 1)


def test_pages_lead_from_the_newest_entry_to_the_oldest() -> None:
    fold = an_inbox(*(told(offset) for offset in range(1, 8)))

    seen, before, more = [], None, True
    while more:
        entries, more = fold.page(Filter(), 3, before)
        seen.append([entry.id for entry in entries])
        before = entries[-1].offset

    assert seen == [["n7", "n6", "n5"], ["n4", "n3", "n2"], ["n1"]]


def test_a_page_that_ends_with_the_last_entry_has_no_more() -> None:
    entries, more = an_inbox(told(1), told(2)).page(Filter(), 2)

    assert (len(entries), more) == (2, False)


def test_a_few_old_entries_are_found_among_very_many() -> None:
    fold, data = Fold(), told(1).data
    for offset in range(1, 2001):
        fold.enter(f"n{offset}", offset, data)
    fold.change(Change(SEEN, through=through(2000)))
    fold.change(Change(ARCHIVED, ("n3", "n999", "n1000", "n1500")))

    assert ids(fold, Filter("archived")) == ["n1500", "n1000", "n999", "n3"]
    assert fold.page(Filter("unseen"), 1) == ([], False)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("pending", ["n5", "n2"]),
        ("unseen", ["n5"]),
        ("opened", ["n1"]),
        ("archived", ["n4", "n3"]),
        (None, ["n5", "n4", "n3", "n2", "n1"]),
    ],
)
def test_entries_are_found_by_their_state(state: State | None, wanted: list[str]) -> None:
    fold = an_inbox(*(told(offset) for offset in range(1, 6)))
    fold.change(Change(OPENED, ("n1", "n4")))
    fold.change(Change(SEEN, ("n2",)))
    fold.change(Change(ARCHIVED, ("n3", "n4")))

    assert ids(fold, Filter(state=state)) == wanted


@pytest.mark.parametrize("category", ["ci", 'a "b" \\ c', "größe"])
def test_entries_are_found_by_their_category(category: str) -> None:
    other = told(2, category="other", content=f"about {category}", data={"category": category})
    fold = an_inbox(told(1, category=category), other, told(3))

    assert ids(fold, Filter(category=category)) == ["n1"]


def test_a_category_is_found_however_its_json_is_spelled() -> None:
    event = told(1, category="größe")
    escaped = json.dumps(json.loads(event.data)).encode()

    assert ids(an_inbox(event._replace(data=escaped)), Filter(category="größe")) == ["n1"]


def test_entries_are_found_by_when_they_were_created() -> None:
    fold = an_inbox(
        told(1, created_at=NOON),
        told(2, created_at=NOON - timedelta(microseconds=1)),
        told(3, created_at=NOON + timedelta(days=1)),
    )

    assert ids(fold, Filter(since=NOON)) == ["n3", "n1"]


def test_every_condition_of_a_filter_must_hold() -> None:
    fold = an_inbox(told(1, category="ci"), told(2, category="ci"), told(3))
    fold.change(Change(OPENED, ("n1", "n3")))

    assert ids(fold, Filter("opened", "ci", NOON, frozenset(["n1", "n2", "n3"]))) == ["n1"]
    assert ids(fold, Filter(ids=frozenset(["n3", "n1", "unknown"]))) == ["n3", "n1"]


def test_an_inbox_is_loaded_from_pages_in_any_order() -> None:
    source = an_inbox(*(told(offset) for offset in range(1, 5)))
    source.change(Change(SEEN, ("n2",)))
    source.change(Change(OPENED, ("n3",)))
    entries, _ = source.page(Filter(), 10)
    fold = an_inbox(told(9))

    fold.load(entries[2:] + entries[:2])

    assert (fold.page(Filter(), 10), fold.counts) == ((entries, False), source.counts)


def test_a_device_lets_go_of_its_oldest_entry() -> None:
    fold = an_inbox(told(1), told(2), told(3))
    fold.change(Change(DELETED, ("n1",)))

    fold.drop_oldest()

    assert (ids(fold), fold.counts) == (["n3"], Counts(1, 1))
    assert fold.oldest is fold.get("n3")


def test_an_empty_inbox_has_no_oldest_entry() -> None:
    fold = an_inbox(told(1))

    fold.drop_oldest()
    fold.drop_oldest()

    assert (fold.oldest, list(fold), fold.counts) == (None, [], Counts(0, 0))


def test_what_has_left_takes_little_room() -> None:
    fold, data = Fold(), told(1).data
    for offset in range(1, 2001):
        fold.enter(f"n{offset}", offset, data)

    fold.change(Change(EXPIRED, tuple(f"n{offset}" for offset in range(2, 2000))))

    assert (len(fold), len(fold._ordered)) == (2, 2)


class Model:
    """What an inbox is, said as plainly as can be."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.categories: dict[str, str | None] = {}

    def add(self, event: Event, category: str | None) -> None:
        offset = event.position.offset if event.position else 0
        self.entries[event.id] = Entry(event.id, offset, event.data)
        self.categories[event.id] = category

    def change(self, change: Change) -> None:
        for id, entry in list(self.entries.items()):  # noqa: A001
            if not self.concerns(change, entry):
                continue
            if change.name in REMOVES:
                del self.entries[id]
            else:
                self.entries[id] = Entry(**{**entry._asdict(), **SETS[change.name]})

    def concerns(self, change: Change, entry: Entry) -> bool:
        if change.through is None:
            return entry.id in change.ids
        of_category = change.category in (None, self.categories[entry.id])
        return of_category and entry.offset <= change.through.offset

    @property
    def counts(self) -> Counts:
        pending = [entry for entry in self.entries.values() if entry.pending]
        return Counts(len(pending), sum(not entry.seen for entry in pending))

    def page(self, state: State | None, limit: int, before: int) -> tuple[list[Entry], bool]:
        newest_first = sorted(self.entries.values(), key=lambda entry: -entry.offset)
        found = [entry for entry in newest_first if IN_STATE[state](entry)]
        below = [entry for entry in found if entry.offset < before]
        return below[:limit], len(below) > limit


IN_STATE: dict[State | None, Callable[[Entry], bool]] = {
    None: lambda _: True,
    "pending": lambda entry: entry.pending,
    "unseen": lambda entry: entry.pending and not entry.seen,
    "opened": lambda entry: entry.opened and not entry.archived,
    "archived": lambda entry: entry.archived,
}
DATA = {category: told(1, category=category).data for category in (None, "ci", "chat")}


class Arrivals(NamedTuple):
    """So many notifications of one category."""

    many: int
    category: str | None


NAMES = st.sampled_from([*SETS, *REMOVES])
CATEGORIES = st.sampled_from(list(DATA))
OFFSETS = st.integers(0, 120)
OF_SOME = st.builds(
    lambda name, offsets: Change(name, tuple(f"n{offset}" for offset in offsets)),
    NAMES,
    st.lists(OFFSETS, max_size=30),
)
OF_ALL = st.builds(
    lambda name, offset, category: Change(name, through=through(offset), category=category),
    NAMES,
    OFFSETS,
    CATEGORIES,
)
ARRIVALS = st.builds(Arrivals, st.integers(1, 40), CATEGORIES)


@given(st.lists(ARRIVALS | OF_SOME | OF_ALL, max_size=20))
def test_counts_and_pages_are_those_of_the_plainest_inbox(steps: list[Arrivals | Change]) -> None:
    fold, model, head = Fold(), Model(), 0
    for step in steps:
        if isinstance(step, Change):
            fold.change(step)
            model.change(step)
        else:
            for offset in range(head + 1, head + 1 + step.many):
                data, position = DATA[step.category], Position("e", offset)
                event = Event(ANN, NOTIFICATION, data, f"n{offset}", position)
                fold.apply(event)
                model.add(event, step.category)
            head += step.many

        assert (len(fold), fold.counts) == (len(model.entries), model.counts)
        assert [row.entry() for row in fold] == list(model.entries.values())
    for state in IN_STATE:
        assert fold.page(Filter(state), 1000) == model.page(state, 1000, head + 1)
        assert fold.page(Filter(state), 3, 60) == model.page(state, 3, 60)
