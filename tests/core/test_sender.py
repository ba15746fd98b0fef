"""A transport has its own sender: bounded, in order, patient, and nobody else's burden."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from tidings import Abilities, Event, Options, Position, Undeliverable, hookimpl
from tidings.backlog import LogBacklog, OutboxBacklog
from tidings.registry import Hooks
from tidings.sender import Sender
from tidings_memory import MemoryStore

CHANNEL = "private-user-ann"


class Far:
    """The far side of a carrier: takes what it is sent, unless it is told to fail or to wait."""

    def __init__(self, max_payload: int | None = None) -> None:
        self.abilities = Abilities(role="carrier", max_payload=max_payload)
        self.taken: list[Event] = []
        self.calls: list[int] = []
        self.fails: Callable[[Sequence[Event]], Exception | None] = lambda _: None
        self.open = asyncio.Event()
        self.open.set()
        self.changed = asyncio.Condition()

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        await self.open.wait()
        async with self.changed:
            self.calls.append(len(events))
            self.changed.notify_all()
        if error := self.fails(events):
            raise error
        async with self.changed:
            self.taken += events
            self.changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(condition)


@asynccontextmanager
async def sending(
    far: Far, options: Options | None = None, store: MemoryStore | None = None
) -> AsyncIterator[Sender]:
    (transport,) = Hooks([far]).transports
    options = options or Options()
    backlog = LogBacklog(store, options.queue) if store else None
    sender = Sender(transport, backlog, options)
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        task.cancel()
        await asyncio.wait([task])


def event(n: int, size: int = 2) -> Event:
    return Event("news", "n", b"1" * size, f"id{n}")


def down(_: Sequence[Event]) -> Exception:
    return ConnectionError("down")


async def test_what_is_shipped_is_carried_in_order_and_said_so() -> None:
    far = Far()
    async with sending(far) as sender:
        shipments = [sender.ship([event(n)]) for n in range(5)]
        outcomes = [await shipment.outcome() for shipment in shipments]

    assert [e.id for e in far.taken] == [f"id{n}" for n in range(5)]
    assert {outcome.state for outcome in outcomes} == {"carried"}


async def test_what_waits_goes_in_one_call_of_bounded_size() -> None:
    far = Far()
    async with sending(far, Options(push_batch=3)) as sender:
        sender.ship([event(n) for n in range(7)])
        await far.until(lambda: len(far.taken) == 7)

    assert far.calls == [3, 3, 1]


async def test_a_failing_transport_is_tried_again_with_the_same_events() -> None:
    far = Far()
    far.fails = down
    async with sending(far) as sender:
        shipment = sender.ship([event(1)])
        retrying = await shipment.outcome()
        far.fails = lambda _: None
        await far.until(lambda: len(far.taken) == 1)
        await sender.drain()
        carried = await shipment.outcome()

    assert (retrying.state, str(retrying.error)) == ("retrying", "down")
    assert (carried.state, carried.error) == ("carried", None)


async def test_a_push_behind_a_failing_one_is_known_to_wait() -> None:
    far = Far()
    far.fails = down
    async with sending(far) as sender:
        await sender.ship([event(1)]).outcome()
        second = await sender.ship([event(2)]).outcome()

    assert second.state == "retrying"


async def test_whoever_waits_for_an_outcome_is_told_when_it_closes() -> None:
    far = Far()
    far.open.clear()
    async with sending(far) as sender:
        waiting = asyncio.create_task(sender.ship([event(1)]).outcome())
        await asyncio.sleep(0)
    outcome = await asyncio.wait_for(waiting, 5)

    assert outcome.state == "retrying"
    assert "closed before far had carried it" in str(outcome.error)


async def test_a_silent_transport_has_failed() -> None:
    far = Far()
    far.open.clear()
    async with sending(far, Options(push_timeout=0.01)) as sender:
        outcome = await sender.ship([event(1)]).outcome()

    assert outcome.state == "retrying"
    assert "took over 0.01 s" in str(outcome.error)


async def test_what_has_been_tried_for_too_long_is_given_up_with_the_error() -> None:
    far = Far()
    far.fails = down
    async with sending(far, Options(retry_for=0.01)) as sender:
        shipment = sender.ship([event(1)])
        await sender.drain()
        outcome = await shipment.outcome()

    assert (outcome.state, str(outcome.error)) == ("given up", "down")
    assert sender.given_up == 1


async def test_one_undeliverable_event_does_not_take_its_batch_along() -> None:
    far = Far()
    far.fails = lambda events: (
        Undeliverable("not this") if any(e.id == "id1" for e in events) else None
    )
    async with sending(far) as sender:
        good, bad, also = (sender.ship([event(n)]) for n in range(3))
        outcomes = [await shipment.outcome() for shipment in (good, bad, also)]

    assert [outcome.state for outcome in outcomes] == ["carried", "given up", "carried"]
    assert [e.id for e in far.taken] == ["id0", "id2"]


async def test_an_event_too_large_is_never_handed_over(caplog: pytest.LogCaptureFixture) -> None:
    far = Far(max_payload=10)
    async with sending(far) as sender:
        outcome = await sender.ship([event(1, size=11)]).outcome()
        await sender.ship([event(2, size=10)]).outcome()

    assert outcome.state == "given up"
    assert "11 bytes of data, over the 10 that far carries" in str(outcome.error)
    assert "far gave up 1 event: 11 bytes of data, over the 10 that far carries" in caplog.text
    assert [e.id for e in far.taken] == ["id2"]


async def test_control_is_not_for_carriers() -> None:
    far = Far()
    async with sending(far) as sender:
        sender.ship([Event("#tidings", "tidings:disconnect", b"{}", "x"), event(1)])
        await far.until(lambda: len(far.taken) == 1)

    assert far.taken == [event(1)]


async def test_events_without_a_log_beyond_the_bound_are_given_up_and_said_so() -> None:
    far = Far()
    far.open.clear()
    async with sending(far, Options(queue=2)) as sender:
        shipments = [sender.ship([event(n)]) for n in range(3)]
        assert sender.waiting == 2
        far.open.set()
        outcomes = [await shipment.outcome() for shipment in shipments]

    assert [outcome.state for outcome in outcomes] == ["carried", "carried", "given up"]


async def test_after_an_outage_it_catches_up_from_the_log_in_order() -> None:
    far, store = Far(), MemoryStore()
    far.fails = down
    async with sending(far, Options(queue=2), store) as sender:
        shipments = [sender.ship([await stored(store, n)]) for n in range(20)]
        assert sender.waiting <= 2
        await far.until(lambda: len(far.calls) > 1)
        far.fails = lambda _: None
        await far.until(lambda: len(far.taken) == 20)
        last = sender.ship([await stored(store, 20)])
        outcomes = [await shipment.outcome() for shipment in [*shipments, last]]

    assert [e.position.offset for e in far.taken if e.position] == list(range(1, 22))
    assert {outcome.state for outcome in outcomes} == {"carried"}


async def test_what_a_carrier_owed_at_the_end_is_carried_after_a_restart() -> None:
    far, store = Far(), MemoryStore()
    options = Options()
    (transport,) = Hooks([far]).transports

    class Application:
        clock = staticmethod(MemoryStore()._clock)
        carriers = ("far",)

    async with store.connect(Application()):  # type: ignore[arg-type]
        owed = [await stored(store, n) for n in range(3)]
    sender = Sender(transport, OutboxBacklog(store, "far"), options)
    task = asyncio.create_task(sender.run())
    await far.until(lambda: len(far.taken) == 3)
    await sender.drain()
    task.cancel()
    await asyncio.wait([task])

    assert [e.id for e in far.taken] == [e.id for e in owed]
    assert await store.owed("far", 10) == []


async def stored(store: MemoryStore, n: int) -> Event:
    (result,) = await store.persist(events=[Event(CHANNEL, "n", b"{}", f"id{n}")])
    assert not isinstance(result, Exception)
    return Event(CHANNEL, "n", b"{}", f"id{n}", Position(*result.position), result.counts)


@pytest.mark.parametrize("payload", [1, 500])
async def test_a_drained_sender_owes_nothing(payload: int) -> None:
    far = Far()
    async with sending(far, Options(push_batch=7)) as sender:
        sender.ship([event(n) for n in range(payload)])
        await sender.drain()

    assert len(far.taken) == payload


async def owing(store: MemoryStore, count: int) -> list[Event]:
    """Store events that the carrier `far` owes."""

    class Application:
        clock = staticmethod(MemoryStore()._clock)
        carriers = ("far",)

    async with store.connect(Application()):  # type: ignore[arg-type]
        return [await stored(store, n) for n in range(count)]


@asynccontextmanager
async def sending_owed(far: Far, store: MemoryStore, options: Options) -> AsyncIterator[Sender]:
    (transport,) = Hooks([far]).transports
    sender = Sender(transport, OutboxBacklog(store, "far"), options)
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_an_event_without_a_log_does_not_make_it_forget_what_it_owes() -> None:
    far, store = Far(), MemoryStore()
    far.open.clear()
    events = await owing(store, 6)
    async with sending_owed(far, store, Options(queue=2)) as sender:
        for logged in events:
            sender.ship([logged])
        sender.ship([event(99)])
        far.open.set()
        await far.until(lambda: len(far.taken) >= 6)
        await sender.drain()

    assert [e.id for e in far.taken if e.position] == [e.id for e in events]


async def test_what_is_carried_is_not_carried_again_while_the_outbox_fails() -> None:
    class Failing(MemoryStore):
        failures = 3

        async def settle(self, carrier: str, events: Sequence[Event]) -> None:
            if self.failures:
                self.failures -= 1
                raise OSError("away")
            await super().settle(carrier, events)

    far, store = Far(), Failing()
    await owing(store, 1)
    async with sending_owed(far, store, Options()) as sender:
        await sender.drain()

    assert (far.calls, store.failures) == ([1], 0)


async def test_a_transport_that_cancels_itself_has_failed_and_is_tried_again() -> None:
    class Cancelling(Far):
        @hookimpl
        async def push(self, events: Sequence[Event]) -> None:
            if not self.calls:
                self.calls.append(len(events))
                raise asyncio.CancelledError
            await super().push(events=events)

    far = Cancelling()
    async with sending(far) as sender:
        sender.ship([event(1)])
        await far.until(lambda: len(far.taken) == 1)


async def test_all_that_is_too_old_is_given_up_at_once() -> None:
    far, store = Far(), MemoryStore()
    far.fails = down
    events = await owing(store, 300)
    async with sending_owed(far, store, Options(retry_for=0.01, push_batch=10)) as sender:
        sender.ship(events)
        await sender.drain()

    assert sender.given_up == 300
    assert len(far.calls) < 10


async def test_what_the_log_has_trimmed_meanwhile_is_given_up_and_said_so() -> None:
    far, store = Far(), MemoryStore(log_count=5)
    far.open.clear()
    async with sending(far, Options(queue=2), store) as sender:
        shipments = [sender.ship([await stored(store, n)]) for n in range(20)]
        far.open.set()
        states = [(await shipment.outcome()).state for shipment in shipments]

    assert states[-5:] == ["carried"] * 5
    assert "given up" in states
    assert len(far.taken) + sender.given_up == 20


async def test_what_is_owed_comes_in_turn_however_much_else_there_is() -> None:
    far, store = Far(), MemoryStore()
    far.open.clear()
    async with sending(far, Options(queue=2, push_batch=1), store) as sender:
        for n in range(4):
            sender.ship([await stored(store, n)])
        far.open.set()
        while sum(1 for e in far.taken if e.position) < 4:
            before = len(far.taken)
            if sender.waiting < 2:
                sender.ship([event(1)])
            await far.until(lambda before=before: len(far.taken) > before)  # type: ignore[misc]

    assert [e.id for e in far.taken if e.position] == [f"id{n}" for n in range(4)]


async def test_its_state_tells_what_was_carried_given_up_and_waits() -> None:
    far = Far(max_payload=10)
    async with sending(far) as sender:
        await sender.ship([event(1), event(2, size=11)]).outcome()
        far.fails = down
        shipment = sender.ship([event(3)])
        await shipment.outcome()
        state = sender.state()

    assert (state.transport, state.role) == ("far", "carrier")
    assert (state.carried, state.given_up, state.waiting) == (1, 1, 1)
    assert isinstance(state.error, ConnectionError)
