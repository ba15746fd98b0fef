"""One channel for many: what comes in one turn is one write, and one failure is nobody else's."""

from __future__ import annotations

from typing import Any, cast

import pytest

from fronts import ANN, Open, Site
from tidings import Event, Notification
from tidings.ids import new_id
from tidings_websocket import PlainDialect
from tidings_websocket.asgi import _Connection
from tidings_websocket.fast import FastConnection
from tidings_websocket.frames import Batch


class Counting(PlainDialect):
    """Counts how often an event is encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.said = 0

    def delivery(self, delivery: object) -> bytes:
        self.said += 1
        return super().delivery(delivery)  # type: ignore[arg-type]


async def test_an_event_is_encoded_once_however_many_hear_it(opened: Open) -> None:
    dialect = Counting()
    async with (
        opened(dialects=[dialect]) as here,
        here.connect("ann") as a,
        here.connect("ann") as b,
        here.connect("ann") as c,
    ):
        await here.tidings.push("ann", Notification(heading="Build passed"))
        frames = [await client.next() for client in (a, b, c)]
        assert frames[0] == frames[1] == frames[2]
        assert dialect.said == 1
        assert here.counters.events == 1
        assert here.counters.deliveries == 3


async def test_what_comes_in_one_turn_leaves_in_one_write(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    for outlet in (FastConnection, _Connection):

        def write(self: Any, batch: Batch, really: Any = outlet.write) -> int:
            written.append(len(batch.texts))
            return cast("int", really(self, batch))

        monkeypatch.setattr(outlet, "write", write)
    async with opened() as here, here.connect("ann") as ann:
        written.clear()
        events = [Event(ANN, "said", str(n).encode(), new_id()) for n in range(5)]
        await here.tidings.submit(events)
        assert [frame["data"] for frame in await ann.take(5)] == [0, 1, 2, 3, 4]
        assert written == [5]


async def test_what_a_dialect_cannot_say_keeps_nothing_else_from_anyone(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    class Shy(PlainDialect):
        def delivery(self, delivery: object) -> bytes:
            if isinstance(delivery, Event) and delivery.name == "unspeakable":
                raise KeyError("secret")
            return super().delivery(delivery)  # type: ignore[arg-type]

    async with opened(dialects=[Shy()]) as here, here.connect("ann") as ann:
        names = ("said", "unspeakable", "said")
        await here.tidings.submit([Event(ANN, name, b"1", new_id()) for name in names])
        assert [frame["position"]["offset"] for frame in await ann.take(2)] == [1, 3]
    assert "what cannot be said in plain: KeyError" in caplog.text
    assert "secret" not in caplog.text


async def test_what_a_dialect_has_no_word_for_is_not_sent(opened: Open) -> None:
    class Terse(PlainDialect):
        def delivery(self, delivery: object) -> bytes:
            if isinstance(delivery, Event) and delivery.name == "whispered":
                return None  # type: ignore[return-value]
            return super().delivery(delivery)  # type: ignore[arg-type]

    async with opened(dialects=[Terse()]) as here, here.connect("ann") as ann:
        await here.tidings.publish(ANN, "whispered", 1)
        await here.tidings.publish(ANN, "said", 2)
        assert (await ann.next())["data"] == 2


async def test_how_long_an_event_took_is_counted_unless_it_was_meant_for_later(here: Site) -> None:
    async with here.connect("ann") as ann:
        await here.tidings.push("ann", Notification(heading="Now"))
        long_ago = "00000000-0000-7000-8000-000000000000"
        await here.tidings.push("ann", Notification(id=long_ago, heading="Long planned"))
        await here.tidings.push("ann", Notification(id="mine", heading="Of an id of one's own"))
        await ann.take(3)
    assert sum(here.counters.latency) == 1
    assert here.counters.latency_sum < 60
