"""Whatever happens to a channel, its inbox and its log are what listeners were told of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histories import STEPS, Step, Wait, compare, happen
from memory.samples import ANN, Clock, in_log
from sql.samples import opened
from tidings.event import Event


@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.lists(STEPS, max_size=40))
async def test_inbox_and_log_are_what_was_told_of_them(url: str, steps: list[Step]) -> None:
    clock = Clock()
    keeps = {
        "log_count": 12,
        "log_age": timedelta(minutes=40),
        "inbox_count": 8,
        "inbox_age": timedelta(minutes=100),
        "remember": timedelta(minutes=30),
    }
    async with opened(url, clock, "mail", synchronous="NORMAL", **keeps) as store:
        await store.forget(ANN)  # what the example before left
        heard: list[Event] = []
        for step in steps:
            heard += await happen(store, step, clock)
            await compare(store, heard)
        for _ in range(10):
            heard += await happen(store, Wait(60), clock)
        assert await in_log(store) == []
        assert await store.fire(clock.now, 10) == ((), None)  # all has had its time, ids as well
        assert [owed.event for owed in await store.owed("mail", 10_000)] == heard
