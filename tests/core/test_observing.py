"""Whoever watches over a process sees what passes through it, and is never in its way."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tidings import Closed, Event, Notification, Tidings, user_channel
from tidings.event import Delivery

ANN = user_channel("ann")


class Watcher:
    """Keeps what it is shown."""

    def __init__(self) -> None:
        self.left: list[Event] = []
        self.came: list[Delivery] = []

    def shipped(self, events: Sequence[Event]) -> None:
        self.left += events

    def heard(self, deliveries: Sequence[Delivery]) -> None:
        self.came += deliveries


class Clumsy:
    """Fails at whatever it is shown."""

    def shipped(self, events: Sequence[Event]) -> None:
        raise RuntimeError(events)

    def heard(self, deliveries: Sequence[Delivery]) -> None:
        raise RuntimeError(deliveries)


async def test_what_is_pushed_to_somebody_who_is_away_is_seen_with_its_position() -> None:
    watcher = Watcher()
    tidings = Tidings()
    with tidings.observe(watcher):
        async with tidings:
            await tidings.push("ann", Notification(id="n1", heading="Hello"))

    (event,) = watcher.left
    assert (event.channel, event.id) == (ANN, "n1")
    assert event.position is not None
    assert watcher.came == []


async def test_what_somebody_hears_is_seen_as_it_is_heard() -> None:
    watcher = Watcher()
    async with Tidings() as tidings, tidings.subscribe("news") as news:
        with tidings.observe(watcher):
            await tidings.publish("news", "headline", {"text": "Rain"})
            heard = await anext(news)

    assert watcher.came == [heard]
    assert [event.id for event in watcher.left] == [heard.id]  # type: ignore[union-attr]


async def test_who_has_stopped_watching_sees_nothing_more() -> None:
    watcher = Watcher()
    async with Tidings() as tidings:
        with tidings.observe(watcher), tidings.observe(Watcher()):
            await tidings.publish("news", "first")
        await tidings.publish("news", "second")

    assert [event.name for event in watcher.left] == ["first"]


async def test_one_that_fails_is_complained_of_and_delivery_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Tidings() as tidings, tidings.subscribe("news") as news:
        with tidings.observe(Clumsy()):
            await tidings.publish("news", "headline", {"text": "secret"})
            assert (await anext(news)).name == "headline"  # type: ignore[union-attr]

    assert "an observer failed: RuntimeError at test_observing.py" in caplog.text
    assert "secret" not in caplog.text


async def test_each_transport_tells_how_it_is_doing() -> None:
    async with Tidings() as tidings:
        receipt = await tidings.push(["ann", "bob"], Notification(heading="Hello"))
        await receipt.outcomes()
        (memory,) = tidings.transports

    assert (memory.transport, memory.role) == ("memory", "broker")
    assert (memory.carried, memory.given_up, memory.waiting) == (2, 0, 0)
    assert memory.error is None
    assert not memory.owes


async def test_of_what_is_not_open_there_is_nothing_to_tell() -> None:
    with pytest.raises(Closed):
        _ = Tidings().transports
