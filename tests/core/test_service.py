"""What an application sees of `Tidings`: it opens, takes pushes, decides access, closes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tidings import (
    AccessRequest,
    AdminTokens,
    Closed,
    Denial,
    Event,
    Grant,
    Identity,
    InvalidData,
    InvalidName,
    InvalidToken,
    Notification,
    Passed,
    Reloaded,
    Scheduled,
    Stored,
    Tidings,
    Tokens,
    Unsupported,
    hookimpl,
)
from tidings.event import Delivery
from tidings.policy import OwnChannels
from tidings_memory import MemoryBroker, MemoryStore

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Team:
    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | None:
        return Grant() if request.channel == "private-team" else None


def lifelong(name: str, log: list[str], *, fails: bool = False) -> object:
    """Make a plugin that writes down when it opens and closes."""

    class Lifelong:
        @hookimpl
        @asynccontextmanager
        async def connect(self, tidings: Any) -> AsyncIterator[None]:
            if fails:
                raise ConnectionRefusedError("no server")
            log.append(f"{name} opens")
            yield
            log.append(f"{name} closes")

    plugin = Lifelong()
    plugin.name = name  # type: ignore[attr-defined]
    return plugin


async def test_plugins_open_in_order_and_close_in_reverse() -> None:
    log: list[str] = []
    async with Tidings(lifelong("a", log), lifelong("b", log)):
        pass

    assert log == ["a opens", "b opens", "b closes", "a closes"]


async def test_a_refused_start_closes_what_was_open() -> None:
    log: list[str] = []
    tidings = Tidings(lifelong("a", log), lifelong("b", log, fails=True))

    with pytest.raises(ConnectionRefusedError, match="no server"):
        await tidings.__aenter__()
    assert log == ["a opens", "a closes"]


async def test_it_opens_once_at_a_time_and_can_be_opened_again() -> None:
    tidings = Tidings()
    async with tidings:
        await tidings.push("ann", Notification(heading="Kept"))
        with pytest.raises(Closed, match="open already"):
            await tidings.__aenter__()
    async with tidings:
        assert (await tidings.inbox("ann").counts()).pending == 1


async def test_an_inbox_is_used_while_its_object_is_open_and_whenever_it_is() -> None:
    tidings = Tidings()
    inbox = tidings.inbox("ann")
    with pytest.raises(Closed, match="use it within `async with`"):
        await inbox

    for number in range(2):
        async with tidings, inbox.watch_pending() as pending:
            assert await anext(pending) == number
            await tidings.push("ann", Notification(heading="Build passed"))
            assert await asyncio.wait_for(anext(pending), 5) == number + 1


async def test_no_task_is_left_when_it_closes() -> None:
    before = asyncio.all_tasks()
    async with Tidings() as tidings, tidings.subscribe("news"):
        await tidings.publish("news", "n")
    assert asyncio.all_tasks() == before


async def test_pushing_the_same_again_adds_nothing_and_says_so() -> None:
    note = Notification(id="b7", heading="Build passed")
    async with Tidings() as tidings:
        first = await tidings.push("ann", note)
        again = await tidings.push(["ann", "bob"], Notification(id="b7", heading="Build passed"))

        assert again.duplicates == {"ann"}
        assert again.positions["ann"] == first.positions["ann"]
        assert (await tidings.inbox("ann").counts()).pending == 1


async def test_a_user_named_twice_in_one_push_gets_it_once() -> None:
    async with Tidings() as tidings:
        receipt = await tidings.push(["ann", "ann"], Notification(heading="Once"))

    assert list(receipt.results) == ["ann"]
    assert not receipt.duplicates


async def test_one_wrong_user_id_is_refused_before_anybody_is_served() -> None:
    async with Tidings() as tidings:
        with pytest.raises(InvalidName, match="too long"):
            await tidings.push(["ann", "é" * 60], Notification(heading="Hello"))

        assert (await tidings.inbox("ann").counts()).pending == 0


async def test_nobody_to_push_to_is_no_error() -> None:
    async with Tidings() as tidings:
        assert (await tidings.push([], Notification(heading="Hello"))).results == {}


async def test_an_event_without_a_log_passes() -> None:
    async with Tidings() as tidings:
        receipt = await tidings.publish("news", "headline", {"text": "…"})
        outcomes = await receipt.outcomes()

    assert receipt.results == {"news": Passed()}
    assert outcomes["memory"].state == "carried"


@pytest.mark.parametrize("channel", ["", "#tidings", "no spaces", "x" * 165, "ünï"])
async def test_a_channel_that_cannot_be_is_refused(channel: str) -> None:
    async with Tidings() as tidings:
        with pytest.raises(InvalidName):
            await tidings.publish(channel, "n")


@pytest.mark.parametrize("name", ["", "tidings:opened", "pusher:x", "pusher_internal:x", "a\x00"])
async def test_a_reserved_or_impossible_event_name_is_refused(name: str) -> None:
    async with Tidings() as tidings:
        with pytest.raises(InvalidName):
            await tidings.publish("news", name)


async def test_data_that_is_no_json_is_refused() -> None:
    async with Tidings() as tidings:
        with pytest.raises(InvalidData, match="no JSON"):
            await tidings.publish("news", "n", float("nan"))


async def test_a_notification_for_later_comes_then() -> None:
    clock = Clock()
    async with Tidings(clock=clock) as tidings, tidings.inbox("ann").changes() as device:
        later = NOW + timedelta(minutes=5)
        receipt = await tidings.push("ann", Notification(heading="Later", send_after=later))
        assert receipt.results == {"ann": Scheduled(later)}
        assert (await tidings.inbox("ann").counts()).pending == 0

        clock.now = later
        assert tidings._open.scheduler
        tidings._open.scheduler.wake()
        update = await asyncio.wait_for(anext(device), 5)
        assert update.counts.pending == 1


async def test_a_notification_for_later_can_be_cancelled() -> None:
    async with Tidings(clock=Clock()) as tidings:
        note = Notification(id="x", heading="Later", send_after=NOW + timedelta(hours=1))
        await tidings.push(["ann", "bob"], note)

        assert await tidings.cancel("x") == 2
        assert await tidings.cancel("x") == 0


async def test_an_expired_notification_leaves_the_inbox_by_an_event() -> None:
    clock = Clock()
    async with Tidings(clock=clock) as tidings, tidings.inbox("ann").watch_pending() as pending:
        await tidings.push("ann", Notification(heading="Now", expires_at=NOW + timedelta(hours=1)))
        assert [await anext(pending), await anext(pending)] == [0, 1]

        clock.now += timedelta(hours=1)
        assert tidings._open.scheduler
        tidings._open.scheduler.wake()
        assert await asyncio.wait_for(anext(pending), 5) == 0


async def test_a_notification_that_has_expired_is_refused() -> None:
    async with Tidings(clock=Clock()) as tidings:
        with pytest.raises(InvalidData, match="has expired"):
            await tidings.push("ann", Notification(heading="Old", expires_at=NOW))


async def test_without_a_store_what_needs_one_is_refused_by_name() -> None:
    async with Tidings(MemoryBroker()) as tidings:
        with pytest.raises(Unsupported, match="a log needs a store"):
            _ = tidings.log
        with pytest.raises(Unsupported, match="revoking needs a store"):
            _ = tidings.revocations
        with pytest.raises(Unsupported, match="an inbox needs a store"):
            _ = tidings.rows
        with pytest.raises(Unsupported, match="an inbox needs a store"):
            tidings.inbox("ann")
        assert (await tidings.push("ann", Notification(heading="Live"))).results == {
            "ann": Passed()
        }


async def test_a_memory_broker_is_added_where_no_broker_is_local() -> None:
    assert [transport.name for transport in Tidings(Team()).hooks.transports] == ["memory"]
    assert [t.name for t in Tidings(MemoryBroker()).hooks.transports] == ["memory"]


async def test_the_default_policy_may_be_given_too() -> None:
    assert list(Tidings(OwnChannels()).hooks.authorize) == ["own-channels"]


async def test_users_have_their_own_channel_and_nobody_elses() -> None:
    ann = Identity("ann")
    async with Tidings() as tidings:

        async def asks(channel: str, identity: Identity | None = ann) -> bool:
            return (await tidings.authorize(AccessRequest(identity, channel))).granted

        assert await asks("private-user-ann")
        assert not await asks("private-user-bob")
        assert not await asks("private-team")
        assert not await asks("#tidings")
        assert await asks("news", None)


async def test_a_policy_of_ones_own_grants_more() -> None:
    async with Tidings(Team()) as tidings:
        answer = await tidings.authorize(AccessRequest(Identity("ann"), "private-team"))

    assert answer == Grant()


async def test_an_admins_token_opens_everything_but_the_cores_own_channel() -> None:
    tokens = Tokens("k" * 32)
    async with Tidings(AdminTokens(), tokens=tokens) as tidings:
        admin = await tidings.admit(tokens.issue("ops", tidings="admin"))
        user = await tidings.admit(tokens.issue("ann"))

        async def asks(identity: Identity, channel: str) -> bool:
            return (await tidings.authorize(AccessRequest(identity, channel, "admin"))).granted

        assert await asks(admin, "private-user-bob")
        assert not await asks(admin, "#tidings")
        assert not await asks(user, "private-user-bob")


async def test_revoking_cuts_off_older_tokens_and_no_newer_ones() -> None:
    clock = Clock()
    tokens = Tokens("k" * 32, clock=clock)
    async with Tidings(tokens=tokens, clock=clock) as tidings:
        old = tokens.issue("ann")
        identity = await tidings.admit(old)
        clock.now += timedelta(milliseconds=10)
        await tidings.disconnect("ann", revoke=True)
        clock.now += timedelta(milliseconds=10)

        with pytest.raises(InvalidToken, match="revoked"):
            await tidings.admit(old)
        request = AccessRequest(identity, "private-user-ann")
        assert await tidings.authorize(request) == Denial("revoked")
        assert (await tidings.admit(tokens.issue("ann"))).user == "ann"


async def test_tokens_can_be_revoked_that_were_issued_before_a_moment() -> None:
    clock = Clock()
    tokens = Tokens("k" * 32, clock=clock)
    async with Tidings(tokens=tokens, clock=clock) as tidings:
        stolen = tokens.issue("ann")
        clock.now += timedelta(minutes=1)
        since = clock.now
        good = tokens.issue("ann")
        clock.now += timedelta(minutes=1)
        await tidings.disconnect("ann", revoke=since)

        with pytest.raises(InvalidToken, match="revoked"):
            await tidings.admit(stolen)
        assert (await tidings.admit(good)).user == "ann"
        with pytest.raises(ValueError, match="no time zone"):
            await tidings.disconnect("ann", revoke=since.replace(tzinfo=None))


async def test_a_ticket_is_redeemed_once_and_not_after_a_revocation() -> None:
    clock = Clock()
    tokens = Tokens("k" * 32, clock=clock)
    async with Tidings(tokens=tokens, clock=clock) as tidings:
        tickets = tidings.tickets
        assert tickets is not None
        identity = await tidings.admit(tokens.issue("ann", role="editor"))
        first, second = tickets.issue(identity), tickets.issue(identity)

        assert await tidings.redeem(first) == identity
        with pytest.raises(InvalidToken, match="used already"):
            await tidings.redeem(first)
        clock.now += timedelta(milliseconds=10)
        await tidings.disconnect("ann", revoke=True)
        with pytest.raises(InvalidToken, match="revoked"):
            await tidings.redeem(second)


async def test_without_tokens_there_are_no_tickets() -> None:
    async with Tidings() as tidings:
        assert tidings.tickets is None
        for proof in (tidings.redeem, tidings.admit):
            with pytest.raises(Unsupported, match="no key to check tokens with"):
                await proof("a proof")


async def test_a_front_hands_events_in_as_they_are_and_is_told_of_each() -> None:
    heard: list[Delivery] = []
    async with Tidings() as tidings, tidings.listen("private-user-ann") as ann:
        ann.attach(heard.extend)
        note = Event(
            "private-user-ann", "tidings:notification", b'{"id":"n1","heading":"Hi"}', "n1"
        )
        opened = Event("private-user-ann", "tidings:opened", b'{"ids":["n1"]}', "c1", origin="7")
        results = await tidings.submit(
            [
                note,
                Event("#tidings", "tidings:disconnect", b'{"user":"ann"}', "c2"),
                opened,
                Event("no such channel", "said", b"1", "c3"),
                Event("news", "said", b" [1, 2] ", "c4", origin="7"),
                Event("news", "said", b'"' + b"x" * 64 * 1024 + b'"', "c5"),
                note,
                note._replace(data=b'{"id":"n1","heading":"Ho"}'),
            ]
        )
        counts = await tidings.inbox("ann").counts()

    assert [type(result).__name__ for result in results] == [
        *("Stored", "InvalidName", "Stored", "InvalidName", "Passed", "InvalidData"),
        *("Stored", "Conflict"),
    ]
    assert [r.duplicate for r in results if isinstance(r, Stored)] == [False, False, True]
    assert counts == (0, 0)
    told = [item for item in heard if isinstance(item, Event)]
    assert [(event.id, event.origin) for event in told[:2]] == [("n1", None), ("c1", "7")]


async def test_a_front_that_hands_in_nothing_good_is_told_so() -> None:
    async with Tidings() as tidings:
        assert await tidings.submit([]) == []
        (refused,) = await tidings.submit([Event("", "said", b"1", "c1")])

    assert isinstance(refused, InvalidName)
    with pytest.raises(Closed):
        await tidings.submit([Event("news", "said", b"1", "c1")])


async def test_a_disconnect_is_told_to_every_front() -> None:
    async with Tidings() as tidings, tidings.subscribe("#tidings") as control:
        await tidings.disconnect("ann")
        told = await anext(control)

    assert isinstance(told, Event)
    assert (told.name, told.data) == ("tidings:disconnect", b'{"user":"ann","revoked":false}')


async def test_forgetting_a_user_erases_all_and_resets_devices() -> None:
    async with Tidings() as tidings, tidings.inbox("ann").watch() as pages:
        await tidings.push("ann", Notification(id="x", heading="Secret"))
        assert [len((await anext(pages)).entries) for _ in range(2)] == [0, 1]

        await tidings.forget("ann")
        assert (await anext(pages)).entries == []
        assert not (await tidings.push("ann", Notification(id="x", heading="New"))).duplicates


async def test_two_who_open_it_at_once_do_not_open_it_twice() -> None:
    tidings = Tidings()
    answers = await asyncio.gather(
        tidings.__aenter__(), tidings.__aenter__(), return_exceptions=True
    )
    await tidings.__aexit__(None, None, None)

    assert [type(answer) for answer in answers] == [Tidings, Closed]


async def test_all_means_what_was_shown_and_nothing_that_came_in_since() -> None:
    async with Tidings() as tidings:
        inbox = tidings.inbox("ann")
        for n in range(4):
            await tidings.push("ann", Notification(id=f"n{n}", heading="Hello"))
        first = await inbox.page(2)
        await tidings.push("ann", Notification(heading="Not shown"))
        await inbox.page(2, before=first.cursor)

        assert (await inbox.open_all()).counts == (1, 1)


async def test_all_includes_what_a_stream_has_shown() -> None:
    async with Tidings() as tidings:
        inbox = tidings.inbox("ann")
        async with inbox.watch() as pages:
            await anext(pages)
            await tidings.push("ann", Notification(heading="Shown"))
            await anext(pages)

            assert (await inbox.open_all()).counts == (0, 0)


async def test_a_list_of_ids_in_place_of_ids_is_refused_and_fails_nobody_else() -> None:
    async with Tidings() as tidings:
        with pytest.raises(TypeError, match=r"open\(\*ids\)"):
            await tidings.inbox("ann").open(["n1"])  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="push a Notification"):
            await tidings.push("ann", "Hello")  # type: ignore[arg-type]


async def test_a_device_that_stopped_waiting_in_the_middle_loses_nothing() -> None:
    class Slow(MemoryStore):
        slow = False

        async def page(self, *args: Any, **more: Any) -> Any:
            if self.slow:
                await asyncio.Event().wait()
            return await super().page(*args, **more)

    store = Slow()
    async with Tidings(store) as tidings, tidings.inbox("ann").changes() as device:
        store.slow = True
        await tidings.forget("ann")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(device), 0.05)
        store.slow = False
        reloaded = await asyncio.wait_for(anext(device), 5)

    assert isinstance(reloaded, Reloaded)
