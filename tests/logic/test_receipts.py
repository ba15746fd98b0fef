"""What a push answers: where it is stored, if it was there before, and who carried it."""

from __future__ import annotations

import asyncio

import pytest

from logic.backends import World
from logic.following import ids, note, push_all, take
from tidings import Closed, Conflict, Passed, PushFailed, Stored, Tidings
from tidings.registry import abilities_of


async def test_a_receipt_tells_each_users_position(tidings: Tidings) -> None:
    await push_all(tidings, "bob", "a")

    receipt = await tidings.push(["ann", "bob", "ann"], note("n"))

    assert {user: at.offset for user, at in receipt.positions.items()} == {"ann": 1, "bob": 2}
    assert receipt.duplicates == frozenset()


async def test_every_transport_tells_that_it_carried(tidings: Tidings) -> None:
    outcomes = await (await tidings.push("ann", note("n"))).outcomes()

    transports = {transport.name for transport in tidings.hooks.transports}
    if abilities_of(tidings.hooks.store).carries:
        transports = set()  # it was stored: nothing is left for them to do
    assert set(outcomes) == transports
    assert all((told.state, told.error) == ("carried", None) for told in outcomes.values())


async def test_pushing_again_adds_nothing_and_says_so(tidings: Tidings, elsewhere: Tidings) -> None:
    async with tidings.inbox("bob").changes() as changes:
        first = await tidings.push(["ann", "bob"], note("n"))
        again = await elsewhere.push(["bob", "cleo"], note("n"))
        await push_all(tidings, "bob", "m")

        assert again.duplicates == {"bob"}
        assert again.positions["bob"] == first.positions["bob"]
        assert ids(await take(changes, 2)) == ["n", "m"]


async def test_other_content_under_a_used_id_is_a_conflict(tidings: Tidings) -> None:
    await tidings.push("ann", note("n"))

    with pytest.raises(Conflict, match="'n' was used before with other content"):
        await tidings.push("ann", note("n", content="Other"))

    assert [entry.notification.content async for entry in tidings.inbox("ann").entries()] == [""]


async def test_those_who_can_be_served_are_though_others_cannot(tidings: Tidings) -> None:
    await tidings.push("bob", note("n"))

    with pytest.raises(PushFailed, match="1 users were not served; the first, 'bob'") as caught:
        await tidings.push(["ann", "bob", "cleo"], note("n", content="Other"))

    assert isinstance(caught.value.errors["bob"], Conflict)
    assert set(caught.value.receipt.positions) == {"ann", "cleo"}
    assert ids((await tidings.inbox("cleo")).entries) == ["n"]


async def test_a_deleted_notification_does_not_come_back(tidings: Tidings) -> None:
    await tidings.push("ann", note("n"))
    await tidings.inbox("ann").delete("n")

    receipt = await tidings.push("ann", note("n"))

    assert receipt.duplicates == {"ann"}
    assert ids((await tidings.inbox("ann")).entries) == []


async def test_the_same_push_at_once_from_everywhere_is_stored_once(
    tidings: Tidings, elsewhere: Tidings
) -> None:
    receipts = await asyncio.gather(
        *(node.push("ann", note("n")) for node in (tidings, elsewhere) * 5)
    )

    assert sorted(bool(receipt.duplicates) for receipt in receipts) == [False] + [True] * 9
    assert len({receipt.positions["ann"] for receipt in receipts}) == 1


async def test_a_plain_event_is_stored_on_a_logged_channel_and_passed_on_others(
    tidings: Tidings,
) -> None:
    stored = await tidings.publish(tidings.inbox("ann").channel, "hello")
    passed = await tidings.publish("news", "hello")

    assert isinstance(stored.results[tidings.inbox("ann").channel], Stored)
    assert passed.results == {"news": Passed()}


async def test_what_was_accepted_is_there_when_the_node_has_closed(world: World) -> None:
    async with world.node() as node:
        pushes = [asyncio.create_task(node.push("ann", note(f"n{n}"))) for n in range(50)]
        await asyncio.sleep(0)
    receipts = await asyncio.gather(*pushes, return_exceptions=True)

    accepted = [receipt for receipt in receipts if not isinstance(receipt, BaseException)]
    refused = [error for error in receipts if isinstance(error, BaseException)]
    assert all(isinstance(error, Closed) for error in refused)
    async with world.node() as node:
        counts = await node.inbox("ann").counts()
    assert counts.pending == len(accepted) > 0
