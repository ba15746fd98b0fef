"""States of entries: of one, of many, of all up to what its author had seen."""

from __future__ import annotations

import asyncio

import pytest

from logic.following import first, ids, push_all
from tidings import Counts, Entry, InvalidData, Position, StalePosition, Tidings
from tidings.changes import Change


async def states(tidings: Tidings) -> dict[str, str]:
    """Return each entry's states, as the initials of those that are set."""
    return {
        entry.id: "".join(
            letter
            for letter, is_set in zip(
                "osa", (entry.opened, entry.seen, entry.archived), strict=True
            )
            if is_set
        )
        async for entry in tidings.inbox("ann").entries()
    }


async def test_opening_counts_as_seeing(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")

    stored = await tidings.inbox("ann").open("a")

    assert stored.counts == Counts(1, 1)
    assert await states(tidings) == {"b": "", "a": "os"}


async def test_what_is_unopened_is_pending_again_and_stays_seen(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    inbox = tidings.inbox("ann")
    await inbox.open("a", "b")

    assert (await inbox.unopen("b")).counts == Counts(1, 0)
    assert await states(tidings) == {"b": "s", "a": "os"}


async def test_seeing_leaves_it_pending(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")

    assert (await tidings.inbox("ann").see("b")).counts == Counts(2, 1)
    assert await states(tidings) == {"b": "s", "a": ""}


async def test_what_is_archived_counts_no_more_until_it_is_brought_back(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    inbox = tidings.inbox("ann")

    assert (await inbox.archive("a", "b")).counts == Counts(0, 0)
    assert (await inbox.unarchive("a")).counts == Counts(1, 1)
    assert await states(tidings) == {"b": "a", "a": ""}


async def test_what_is_deleted_is_gone_whatever_is_done_to_it(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "abc")
    inbox = tidings.inbox("ann")

    assert (await inbox.delete("a", "c")).counts == Counts(1, 1)
    assert (await inbox.open("a", "a", "no such id")).counts == Counts(1, 1)
    assert (await inbox.unarchive("c")).counts == Counts(1, 1)
    assert await states(tidings) == {"b": ""}
    assert await inbox.get("a") is None


async def test_more_ids_than_one_change_may_name_are_several(tidings: Tidings) -> None:
    names = [f"n{number}" for number in range(250)]
    await push_all(tidings, "ann", names)

    assert (await tidings.inbox("ann").open(*names[:-1])).counts == Counts(1, 1)
    with pytest.raises(InvalidData, match="names 101 ids"):
        Change("tidings:opened", tuple(names[:101])).event("c")


async def test_a_change_of_nothing_is_an_error(tidings: Tidings) -> None:
    with pytest.raises(ValueError, match="no ids: name entries, or use the `_all` method"):
        await tidings.inbox("ann").open()


@pytest.mark.parametrize(
    ("method", "counts", "expected"),
    [
        ("open_all", Counts(1, 1), {"c": "", "b": "os", "a": "os"}),
        ("see_all", Counts(3, 1), {"c": "", "b": "s", "a": "s"}),
        ("archive_all", Counts(1, 1), {"c": "", "b": "a", "a": "a"}),
        ("delete_all", Counts(1, 1), {"c": ""}),
    ],
)
async def test_a_change_of_all_leaves_alone_what_came_in_meanwhile(
    tidings: Tidings, elsewhere: Tidings, method: str, counts: Counts, expected: dict[str, str]
) -> None:
    await push_all(tidings, "ann", "ab")
    inbox = tidings.inbox("ann")
    await inbox
    await push_all(elsewhere, "ann", "c")

    stored = await getattr(inbox, method)()

    assert stored.counts == counts
    assert await states(tidings) == expected


async def test_all_is_undone_as_it_is_done(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    inbox = tidings.inbox("ann")
    await inbox.open_all()
    await inbox.archive_all()

    assert (await inbox.unarchive_all()).counts == Counts(0, 0)
    assert (await inbox.unopen_all()).counts == Counts(2, 0)
    assert await states(tidings) == {"b": "s", "a": "s"}


async def test_all_means_what_this_inbox_was_read_to(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "a")
    early, late = tidings.inbox("ann"), tidings.inbox("ann")
    await early.page()
    await push_all(tidings, "ann", "b")
    await late.page()

    await early.open_all()
    assert await states(tidings) == {"b": "", "a": "os"}
    await late.see_all()
    assert await states(tidings) == {"b": "s", "a": "os"}


async def test_all_of_one_category_leaves_the_others(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab", category="x")
    await push_all(tidings, "ann", "cd", category="y")
    await push_all(tidings, "ann", "e")

    stored = await tidings.inbox("ann").open_all(category="x")

    assert stored.counts == Counts(3, 3)
    assert await states(tidings) == {"e": "", "d": "", "c": "", "b": "os", "a": "os"}


async def test_a_change_from_a_log_that_is_no_more_is_refused(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "a")
    inbox = tidings.inbox("ann")
    await inbox

    with pytest.raises(StalePosition, match="read the inbox again"):
        await inbox.open_all(through=Position("another", 1))
    await tidings.forget("ann")
    await push_all(tidings, "ann", "b")
    with pytest.raises(StalePosition):
        await inbox.open_all()

    assert await states(tidings) == {"b": ""}


async def test_changes_from_everywhere_at_once_leave_all_devices_equal(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    names = [f"n{number}" for number in range(60)]
    async with (
        tidings.inbox("ann").watch(20) as here,
        elsewhere.inbox("ann").watch(20) as there,
    ):
        await push_all(tidings, "ann", names)
        mine, yours = tidings.inbox("ann"), elsewhere.inbox("ann")
        await asyncio.gather(
            *(mine.open(name) for name in names[::3]),
            *(yours.archive(name) for name in names[::4]),
            *(yours.unopen(name) for name in names[::5]),
            *(mine.delete(name) for name in names[::7]),
            push_all(elsewhere, "ann", ["late"]),
        )
        last = (await mine.see("n1")).position

        real = await mine.page(20)
        for pages in (here, there):
            page = await first(pages, lambda page: page.position == last)
            assert list(page.entries) == list(real.entries)
            assert page.counts == real.counts


async def test_an_entry_is_what_was_pushed(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "a", content="Grüße, 世界 👋", data={"n": [1.5, None]})

    entry = await tidings.inbox("ann").get("a")

    assert isinstance(entry, Entry)
    assert ids([entry]) == ["a"]
    assert entry.notification.content == "Grüße, 世界 👋"
    assert entry.notification.data == {"n": [1.5, None]}
