"""What is accepted is persisted in batches and shipped in order; what fails says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from testing.log_alone import LogAlone
from tidings import (
    Abilities,
    Closed,
    Conflict,
    Event,
    Notification,
    Options,
    PluginError,
    PushFailed,
    Stored,
    StoreError,
    Tidings,
    hookimpl,
)
from tidings_memory import MemoryBroker, MemoryStore


class Watched(MemoryStore):
    """A store that can be made slow or broken, and remembers the batches it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[str]] = []
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.error: Exception | None = None

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        self.batches.append([event.name for event in events])
        self.asked.set()
        await self.open.wait()
        if self.error:
            raise self.error
        return await super().persist(events=events)


def note(id: str = "n1", heading: str = "Hello") -> Notification:  # noqa: A002
    return Notification(id=id, heading=heading)


async def test_many_users_are_one_batch() -> None:
    store = Watched()
    async with Tidings(store) as tidings:
        receipt = await tidings.push([f"user{n}" for n in range(100)], note())

    assert [len(batch) for batch in store.batches] == [100]
    assert len(receipt.positions) == 100


async def test_all_that_waits_meanwhile_is_the_next_batch() -> None:
    store = Watched()
    store.open.clear()
    async with Tidings(store) as tidings:
        pushes = [asyncio.create_task(tidings.push("ann", note(f"n{n}"))) for n in range(9)]
        await store.asked.wait()
        pushes += [asyncio.create_task(tidings.push("bob", note(f"n{n}"))) for n in range(9)]
        await asyncio.sleep(0)
        store.open.set()
        await asyncio.gather(*pushes)

    assert [len(batch) for batch in store.batches] == [9, 9]


async def test_order_is_that_of_the_calls() -> None:
    async with Tidings() as tidings, tidings.subscribe("private-user-ann") as events:
        await asyncio.gather(*(tidings.push("ann", note(f"n{n}")) for n in range(20)))
        heard = [await anext(events) for _ in range(20)]

    assert [event.id for event in heard if isinstance(event, Event)] == [f"n{n}" for n in range(20)]


async def test_a_store_that_fails_fails_the_push_and_nothing_is_shipped() -> None:
    store = Watched()
    async with Tidings(store) as tidings, tidings.subscribe("private-user-ann") as events:
        store.error = OSError("disk full")
        with pytest.raises(StoreError, match=r"OSError at .*nothing was stored"):
            await tidings.push("ann", note())
        store.error = None
        await tidings.push("ann", note("n2"))
        heard = await anext(events)

    assert isinstance(heard, Event)
    assert heard.id == "n2"


async def test_a_store_that_answers_too_little_is_a_plugin_error() -> None:
    class Short(MemoryStore):
        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            return []

    async with Tidings(Short()) as tidings:
        with pytest.raises(PluginError, match="gave 0 results for 1 events"):
            await tidings.push("ann", note())


async def test_one_users_conflict_is_raised_as_it_is() -> None:
    async with Tidings() as tidings:
        await tidings.push("ann", note(heading="One thing"))
        with pytest.raises(Conflict):
            await tidings.push("ann", note(heading="Another"))


async def test_of_several_users_those_in_order_are_served_and_the_others_named() -> None:
    async with Tidings() as tidings:
        await tidings.push("ann", note(heading="One thing"))
        with pytest.raises(PushFailed, match="'ann'") as caught:
            await tidings.push(["ann", "bob"], note(heading="Another"))

        assert list(caught.value.errors) == ["ann"]
        assert list(caught.value.receipt.positions) == ["bob"]


async def test_a_caller_who_went_away_does_not_undo_what_was_accepted() -> None:
    store = Watched()
    store.open.clear()
    async with Tidings(store) as tidings:
        push = asyncio.create_task(tidings.push("ann", note()))
        await store.asked.wait()
        push.cancel()
        store.open.set()
        with pytest.raises(asyncio.CancelledError):
            await push
        await tidings.push("ann", note("n2"))

        assert [entry.id for entry in (await tidings.inbox("ann")).entries] == ["n2", "n1"]


async def test_callers_beyond_the_bound_wait_for_room_and_lose_nothing() -> None:
    store = Watched()
    store.open.clear()
    async with Tidings(store, options=Options(queue=4)) as tidings:
        pushes = [asyncio.create_task(tidings.push("ann", note(f"n{n}"))) for n in range(20)]
        await store.asked.wait()
        await asyncio.sleep(0)
        assert tidings._open.pipeline._count <= 4
        store.open.set()
        await asyncio.gather(*pushes)

        assert (await tidings.inbox("ann").counts()).pending == 20
    assert max(map(len, store.batches)) <= 4


async def test_closing_persists_and_carries_what_was_accepted() -> None:
    class Far:
        abilities = Abilities(role="carrier")

        def __init__(self) -> None:
            self.taken: list[str] = []

        @hookimpl
        async def push(self, events: Sequence[Event]) -> None:
            await asyncio.sleep(0)
            self.taken += [event.id for event in events]

    store, far = Watched(), Far()
    store.open.clear()
    async with Tidings(store, far, options=Options(push_batch=3)) as tidings:
        pushes = [asyncio.create_task(tidings.push("ann", note(f"n{n}"))) for n in range(10)]
        await store.asked.wait()
        store.open.set()
    await asyncio.gather(*pushes)

    assert far.taken == [f"n{n}" for n in range(10)]


async def test_callers_of_a_store_that_never_answers_are_told_when_it_closes() -> None:
    store = Watched()
    store.open.clear()
    async with Tidings(store, options=Options(close_within=0.01)) as tidings:
        asked = asyncio.create_task(tidings.push("ann", note("n1")))
        await store.asked.wait()
        waiting = asyncio.create_task(tidings.push("ann", note("n2")))
        await asyncio.sleep(0)

    for push in (asked, waiting):
        with pytest.raises(Closed, match="before the store had answered"):
            await push


@pytest.mark.parametrize(
    ("channel", "left"),
    [("news", "1 event"), ("private-user-ann", "1 event, and there may be more in the store")],
)
async def test_what_was_not_carried_before_closing_had_to_end_is_in_the_log(
    channel: str, left: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Stuck:
        abilities = Abilities(role="carrier")

        @hookimpl
        async def push(self) -> None:
            await asyncio.Event().wait()

    store = LogAlone() if channel == "news" else MemoryStore()  # which has an outbox
    async with Tidings(Stuck(), store, options=Options(close_within=0.01)) as tidings:
        await tidings.publish(channel, "said")

    assert caplog.messages == [f"closing took too long: stuck has not carried {left}"]


async def test_nothing_is_accepted_after_closing_or_before_opening() -> None:
    tidings = Tidings()
    with pytest.raises(Closed, match="async with"):
        await tidings.push("ann", note())
    async with tidings:
        pass
    with pytest.raises(Closed, match="async with"):
        await tidings.push("ann", note())


async def test_a_store_that_carries_by_itself_is_not_carried_for_again() -> None:
    class Remote(MemoryStore):
        abilities = Abilities(carries=True)
        owed = settle = None  # type: ignore[assignment]

    class Heard(MemoryBroker):
        def __init__(self) -> None:
            super().__init__()
            self.pushed: list[str] = []

        @hookimpl
        async def push(self, events: Sequence[Event]) -> None:
            self.pushed += [event.name for event in events]

    broker = Heard()
    async with Tidings(Remote(), broker) as tidings:
        await tidings.push("ann", note())
        await (await tidings.publish("news", "plain")).outcomes()

    assert broker.pushed == ["plain"]


async def test_a_store_that_answers_nonsense_is_a_plugin_error_and_the_next_push_goes_on() -> None:
    class Confused(MemoryStore):
        answers: list[object] = [None, [None]]  # noqa: RUF012

        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            if self.answers:
                return self.answers.pop(0)  # type: ignore[return-value]
            return await super().persist(events=events)

    async with Tidings(Confused()) as tidings:
        for _ in range(2):
            with pytest.raises(PluginError, match="hook 'persist': gave"):
                await tidings.push("ann", note())
        await tidings.push("ann", note())


async def test_a_store_that_cancels_itself_fails_that_push_alone() -> None:
    class Cancelling(MemoryStore):
        cancelled = False

        @hookimpl
        async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
            if not self.cancelled:
                self.cancelled = True
                raise asyncio.CancelledError
            return await super().persist(events=events)

    async with Tidings(Cancelling()) as tidings:
        with pytest.raises(StoreError, match="cancelled from within"):
            await tidings.push("ann", note())
        await tidings.push("ann", note())


async def test_a_push_to_more_users_than_a_queue_holds_is_carried_to_all() -> None:
    users = [f"user{n}" for n in range(50)]
    async with (
        Tidings(options=Options(queue=10)) as tidings,
        tidings.subscribe("private-user-user49") as last,
    ):
        receipt = await tidings.push(users, note())
        outcomes = await receipt.outcomes()
        heard = await asyncio.wait_for(anext(last), 5)

    assert len(receipt.positions) == 50
    assert outcomes["memory"].state == "carried"
    assert isinstance(heard, Event)
