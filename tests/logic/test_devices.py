"""Every device of a user shows each notification once, in order, and counts alike."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from logic.following import first, ids, note, push_all, take
from tidings import Changed, Counts, Tidings
from tidings.changes import DELETED, SEEN


async def test_a_push_reaches_every_device_once_and_in_order(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    async with AsyncExitStack() as stack:
        devices = [
            await stack.enter_async_context(node.inbox("ann").changes())
            for node in (tidings, tidings, elsewhere)
        ]
        names = [f"n{number}" for number in range(40)]
        for name in names:
            await tidings.push("ann", note(name))

        for device in devices:
            updates = await take(device, 40)
            assert ids(updates) == names
            assert [update.counts.pending for update in updates] == list(range(1, 41))


async def test_pushes_from_two_nodes_come_in_one_order(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    async with (
        tidings.inbox("ann").changes() as here,
        elsewhere.inbox("ann").changes() as there,
    ):
        await asyncio.gather(
            push_all(tidings, "ann", [f"a{number}" for number in range(20)]),
            push_all(elsewhere, "ann", [f"b{number}" for number in range(20)]),
        )

        seen = ids(await take(here, 40))
        assert seen == ids(await take(there, 40))
        assert seen == [entry.id async for entry in tidings.inbox("ann").entries()][::-1]
        assert [name for name in seen if name[0] == "a"] == [f"a{n}" for n in range(20)]


async def test_one_push_to_many_users_reaches_each(tidings: Tidings, elsewhere: Tidings) -> None:
    users = [f"user {number} 👋" for number in range(30)]
    async with AsyncExitStack() as stack:
        devices = [
            await stack.enter_async_context(elsewhere.inbox(user).changes()) for user in users
        ]
        await tidings.push(users, note("n"))

        assert [ids(await take(device)) for device in devices] == [["n"]] * 30


async def test_a_device_that_was_away_gets_what_it_missed_in_order(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    page = await tidings.inbox("ann")
    await push_all(tidings, "ann", "cdef")

    async with tidings.subscribe(tidings.inbox("ann").channel, after=page.position) as missed:
        await push_all(tidings, "ann", "gh")

        assert ids(await take(missed, 6)) == list("cdefgh")


async def test_a_device_starts_with_what_there_is(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "abc")
    async with tidings.inbox("ann").watch(limit=2) as pages:
        await push_all(tidings, "ann", "d")
        shown = await take(pages, 2)

    assert [ids(page.entries) for page in shown] == [["c", "b"], ["d", "c"]]
    assert [page.counts.pending for page in shown] == [3, 4]
    assert all(page.more for page in shown)


async def test_a_badge_follows_the_pending_count(tidings: Tidings, elsewhere: Tidings) -> None:
    inbox = elsewhere.inbox("ann")
    async with tidings.inbox("ann").watch_pending() as badge:
        await push_all(elsewhere, "ann", "ab")
        await inbox.see("a")
        await inbox.open("a")
        await elsewhere.publish(inbox.channel, "hello")
        await inbox.archive("b")

        assert await take(badge, 5) == [0, 1, 2, 1, 0]


async def test_a_device_of_fifty_among_thousands_is_never_wrong(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    names = [f"n{number}" for number in range(5000)]
    await push_all(tidings, "ann", names)
    inbox = elsewhere.inbox("ann")
    async with tidings.inbox("ann").watch(50) as pages:
        await take(pages)
        await inbox.open(*names[:10])
        await inbox.delete(*names[-60:-40])
        await push_all(elsewhere, "ann", ["new"])
        await inbox.see("new", names[-1])
        await inbox.delete(*names[100:200])
        await inbox.see_all(through=(await inbox.page(1)).position)

        page = await first(pages, lambda page: page.counts.unseen == 0)
        real = await inbox.page(50)
        assert list(page.entries) == list(real.entries)
        assert page.counts == real.counts == Counts(5000 - 10 - 20 + 1 - 100, 0)
        assert page.more


async def test_what_comes_while_older_entries_move_up_is_not_passed_over(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    await push_all(tidings, "ann", "abcdef")
    async with tidings.inbox("ann").changes(limit=3) as changes:
        for number in range(4):
            await asyncio.gather(
                elsewhere.inbox("ann").delete("fedc"[number]),
                push_all(elsewhere, "ann", [f"new{number}"]),
            )
        updates = await take(changes, 8)

    added = [name for update in updates for name in ids([update])]
    assert added == ["new0", "new1", "new2", "new3"]
    assert [update.name for update in updates if isinstance(update, Changed)] == [DELETED] * 4
    assert updates[-1].counts == Counts(6, 6)


async def test_a_device_hears_what_was_done_on_another(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    await push_all(tidings, "ann", "ab")
    async with tidings.inbox("ann").changes() as changes:
        stored = await elsewhere.inbox("ann").see("a", "no such id")
        (update,) = await take(changes)

    assert isinstance(update, Changed)
    assert (update.name, ids(update.entries), list(update.removed)) == (SEEN, ["a"], [])
    assert update.entries[0].seen
    assert update.counts == stored.counts == Counts(2, 1)


async def test_a_device_that_left_is_not_kept(tidings: Tidings) -> None:
    async with tidings.inbox("ann").changes() as changes:
        await push_all(tidings, "ann", "a")
        await take(changes)

    await push_all(tidings, "ann", "b")

    assert tidings._open.channels.ordered() == []
    assert [update async for update in changes] == []
