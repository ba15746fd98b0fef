"""A device's picture: some entries, and what every event does to them."""

from __future__ import annotations

import asyncio

from tidings import Added, Changed, Counts, Notification, Tidings


async def push(tidings: Tidings, *names: str) -> None:
    for name in names:
        await tidings.push("ann", Notification(id=name, heading=name))


async def test_what_came_while_older_entries_move_up_is_told_all_the_same() -> None:
    async with Tidings() as tidings:
        await push(tidings, "a", "b", "c")
        async with tidings.inbox("ann").changes(limit=2) as changes:
            await tidings.inbox("ann").delete("c")
            await push(tidings, "d")
            async with asyncio.timeout(5):
                removed, added = [await anext(changes) for _ in range(2)]

    assert isinstance(removed, Changed)
    assert isinstance(added, Added)
    assert (removed.removed, added.entry.id) == (["c"], "d")
    assert (removed.counts, added.counts) == (Counts(2, 2), Counts(3, 3))


async def test_older_entries_move_up_where_all_that_was_shown_has_gone() -> None:
    async with Tidings() as tidings:
        inbox = tidings.inbox("ann")
        await push(tidings, "a", "b", "c", "d")
        async with inbox.watch(limit=2) as pages:
            await inbox.delete("c", "d")
            await inbox.open("a")
            await inbox.delete("a")
            async with asyncio.timeout(5):
                shown = [await anext(pages) for _ in range(4)]

    assert [[entry.id for entry in page.entries] for page in shown] == [
        ["d", "c"],
        ["b"],
        ["b"],
        ["b"],
    ]
    assert [page.more for page in shown] == [True, False, False, False]
