"""What comes later, and what goes with time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from logic.backends import World
from logic.following import first, ids, note, push_all, take
from tidings import Added, Changed, Conflict, Counts, InvalidData, Scheduled, Tidings
from tidings.changes import EVICTED, EXPIRED

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def test_what_is_for_later_comes_when_it_is_time(
    world: World, tidings: Tidings, elsewhere: Tidings
) -> None:
    async with elsewhere.inbox("ann").changes() as changes:
        receipt = await tidings.push(["ann", "bob"], note("later", send_after=world.now + HOUR))
        await push_all(tidings, "ann", ["now"])
        assert receipt.results["ann"] == Scheduled(world.now + HOUR)
        assert ids(await take(changes)) == ["now"]

        world.pass_time(HOUR + MINUTE)
        assert ids(await take(changes)) == ["later"]

    assert (await tidings.inbox("ann")).counts == Counts(2, 2)


async def test_what_is_for_later_is_known_by_its_id(world: World, tidings: Tidings) -> None:
    later = note("n", send_after=world.now + HOUR)
    await tidings.push("ann", later)

    assert (await tidings.push("ann", later)).duplicates == {"ann"}
    with pytest.raises(Conflict):
        await tidings.push("ann", note("n", content="Other", send_after=world.now + HOUR))


async def test_what_was_for_a_moment_that_has_passed_comes_at_once(
    world: World, tidings: Tidings
) -> None:
    receipt = await tidings.push("ann", note("n", send_after=world.now - HOUR))

    assert "ann" in receipt.positions


async def test_what_is_cancelled_never_comes(world: World, tidings: Tidings) -> None:
    async with tidings.inbox("ann").changes() as changes:
        await tidings.push(["ann", "bob"], note("a", send_after=world.now + HOUR))
        await tidings.push("ann", note("b", send_after=world.now + 2 * HOUR))

        assert await tidings.cancel("a") == 2
        world.pass_time(3 * HOUR)
        assert ids(await take(changes)) == ["b"]

    assert (await tidings.inbox("bob")).counts == Counts(0, 0)


async def test_what_expires_leaves_the_inbox_of_every_device(
    world: World, tidings: Tidings, elsewhere: Tidings
) -> None:
    async with (
        tidings.inbox("ann").changes() as here,
        elsewhere.inbox("ann").changes() as there,
    ):
        await tidings.push("ann", note("brief", expires_at=world.now + HOUR))
        await push_all(tidings, "ann", ["lasting"])
        world.pass_time(HOUR + MINUTE)

        for changes in (here, there):
            *_, update = await take(changes, 3)
            assert isinstance(update, Changed)
            assert (update.name, list(update.removed)) == (EXPIRED, ["brief"])
            assert update.counts == Counts(1, 1)

    assert ids((await tidings.inbox("ann")).entries) == ["lasting"]


async def test_what_has_expired_is_not_pushed(world: World, tidings: Tidings) -> None:
    with pytest.raises(InvalidData, match="has expired: nobody would see it"):
        await tidings.push("ann", note("n", expires_at=world.now - MINUTE))


async def test_what_is_for_later_expires_too(world: World, tidings: Tidings) -> None:
    async with tidings.inbox("ann").changes() as changes:
        brief = note("n", send_after=world.now + HOUR, expires_at=world.now + 2 * HOUR)
        await tidings.push("ann", brief)
        world.pass_time(HOUR + MINUTE)
        (added,) = await take(changes)
        world.pass_time(HOUR)
        (expired,) = await take(changes)

    assert isinstance(added, Added)
    assert expired.counts == Counts(0, 0)


async def test_what_is_too_old_leaves_the_inbox(world: World, tidings: Tidings) -> None:
    await push_all(tidings, "ann", "ab")
    async with tidings.inbox("ann").changes() as changes:
        world.pass_time(world.inbox_age / 2)
        await push_all(tidings, "ann", "c")
        await take(changes)
        world.pass_time(world.inbox_age / 2 + HOUR)
        update = await first(changes, lambda update: update.counts == Counts(1, 1))

    assert isinstance(update, Changed)
    assert update.name == EVICTED
    assert set(update.removed) <= {"a", "b"}
    assert ids((await tidings.inbox("ann")).entries) == ["c"]
