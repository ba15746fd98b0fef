"""History that is lost is told, and what is only late is read from the log."""

from __future__ import annotations

import pytest

from logic.backends import World, log_of
from logic.following import first, ids, push_all, take
from tidings import Counts, Event, Position, Reloaded, Reset, Tidings


async def test_a_forgotten_user_has_nothing_and_devices_take_a_new_page(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    await push_all(tidings, "ann", "abc")
    await push_all(tidings, "bob", "d")
    async with tidings.inbox("ann").changes() as changes:
        await elsewhere.forget("ann")
        await push_all(elsewhere, "ann", "e")
        update = await first(changes, lambda update: isinstance(update, Reloaded))
        assert isinstance(update, Reloaded)
        assert update.reason == "new epoch"
        seen = ids(update.page.entries) or ids(await take(changes))
        assert seen == ["e"]

    page = await tidings.inbox("ann")
    assert (ids(page.entries), page.counts) == (["e"], Counts(1, 1))
    assert (await tidings.inbox("bob")).counts == Counts(1, 1)


async def test_whoever_comes_back_to_a_new_epoch_is_told(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    inbox = tidings.inbox("ann")
    position = (await inbox).position
    await tidings.forget("ann")

    async with tidings.subscribe(inbox.channel, after=position) as events:
        (reset,) = await take(events)
        await push_all(tidings, "ann", "c")

        assert isinstance(reset, Reset)
        assert reset.reason == "new epoch"
        assert ids([await first(events, lambda event: ids([event]) == ["c"])]) == ["c"]


async def test_whoever_comes_back_to_a_trimmed_log_is_told(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "abcdef")
    inbox = tidings.inbox("ann")
    epoch, head = (await inbox).position
    await log_of(tidings).trim(inbox.channel, 4)

    async with tidings.subscribe(inbox.channel, after=Position(epoch, 3)) as events:
        assert await take(events) == [Reset(inbox.channel, Position(epoch, head), "trimmed")]
        await push_all(tidings, "ann", "g")
        assert ids(await take(events)) == ["g"]


async def test_what_is_left_of_a_trimmed_log_is_enough_for_who_missed_no_more(
    tidings: Tidings,
) -> None:
    await push_all(tidings, "ann", "abcdef")
    inbox = tidings.inbox("ann")
    epoch = (await inbox).position.epoch
    await log_of(tidings).trim(inbox.channel, 4)

    async with tidings.subscribe(inbox.channel, after=Position(epoch, 4)) as events:
        assert ids(await take(events, 2)) == ["e", "f"]


async def test_a_trimmed_log_leaves_the_inbox_and_its_counts(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "abc")
    inbox = tidings.inbox("ann")
    await log_of(tidings).trim(inbox.channel, 3)

    assert (await inbox.open("a")).counts == Counts(2, 2)
    assert ids((await inbox).entries) == ["c", "b", "a"]


async def test_a_position_that_the_log_never_had_is_lost_history(tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    inbox = tidings.inbox("ann")
    epoch, head = (await inbox).position

    async with tidings.subscribe(inbox.channel, after=Position(epoch, 9)) as events:
        assert await take(events) == [Reset(inbox.channel, Position(epoch, head), "behind")]


@pytest.mark.parametrize("queue", [1, 7])
async def test_a_reader_too_slow_for_its_queue_reads_the_log(world: World, queue: int) -> None:
    async with world.node(queue=queue) as node:
        channel = node.inbox("ann").channel
        async with node.subscribe(channel) as events:
            names = [f"n{number}" for number in range(60)]
            await push_all(node, "ann", names)

            assert ids(await take(events, 60)) == names


async def test_a_device_too_slow_for_a_log_that_is_trimmed_takes_a_new_page(world: World) -> None:
    async with world.node(queue=5) as node, node.inbox("ann").changes() as changes:
        await push_all(node, "ann", [f"n{number}" for number in range(30)])
        await log_of(node).trim(node.inbox("ann").channel, 29)
        reloaded = await first(changes, lambda update: isinstance(update, Reloaded))
        await push_all(node, "ann", ["new"])
        update = await first(changes, lambda update: update.counts == Counts(31, 31))

    assert isinstance(reloaded, Reloaded)
    assert reloaded.reason == "trimmed"
    assert len(reloaded.page.entries) == 30
    assert ids(update.page.entries if isinstance(update, Reloaded) else [update])[0] == "new"


async def test_a_long_absence_is_caught_up_with_in_order(tidings: Tidings) -> None:
    inbox = tidings.inbox("ann")
    start = (await inbox).position
    names = [f"n{number}" for number in range(3000)]
    await push_all(tidings, "ann", names)

    async with tidings.subscribe(inbox.channel, after=start) as events:
        heard = await take(events, 3000)

    assert ids(heard) == names
    assert [
        event.position.offset for event in heard if isinstance(event, Event) and event.position
    ] == list(range(1, 3001))
