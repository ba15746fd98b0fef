"""Whatever happens to a channel, its inbox and its log are what listeners were told of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from histories import STEPS, Step, Wait, compare, happen
from memory.samples import Clock, connected, in_log
from tidings.event import Event
from tidings_memory import MemoryStore


@given(st.lists(STEPS, max_size=60))
async def test_inbox_and_log_are_what_was_told_of_them(steps: list[Step]) -> None:
    store = MemoryStore(
        log_count=12,
        log_age=timedelta(minutes=40),
        inbox_count=8,
        inbox_age=timedelta(minutes=100),
        remember=timedelta(minutes=30),
    )
    clock = Clock()
    async with connected(store, clock, "mail"):
        heard: list[Event] = []
        for step in steps:
            heard += await happen(store, step, clock)
            await compare(store, heard)
        for _ in range(10):
            heard += await happen(store, Wait(60), clock)
        assert await in_log(store) == []
        assert await store.fire(clock.now, 10) == ([], None)  # all has had its time, ids as well
        assert [owed.event for owed in await store.owed("mail", 10_000)] == heard
