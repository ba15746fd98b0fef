"""What a process was answered is there exactly once, however the process ends."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from random import Random

import pytest

from memory.samples import Clock, in_log
from sql.samples import opened
from sql.writers import Answered, writer

KILLS = 20
PUSHES = 2000

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.mark.timeout(600)
async def test_a_process_killed_at_any_moment_has_lost_nothing_it_was_answered(
    url: str, request: pytest.FixtureRequest
) -> None:
    kills = KILLS * (10 if request.config.getoption("--thorough", default=False) else 1)
    random = Random()
    answers: list[Answered] = []
    async with writer(url) as pushing:
        for _ in range(kills):
            first = max(0, len(answers) // 2 - 10)  # some of what is there, and of what may be
            answers += await pushing.push("n", first, PUSHES, kill_after=random.uniform(0, 0.4))
        answers += await pushing.push("n", len(answers) // 2, 10, kill_after=60)

    async with opened(url, Clock().set(datetime.now(UTC))) as store:
        assert len(answers) >= 20
        for channel in ("private-user-ann", "private-user-bob"):
            events = await in_log(store, channel)
            there = [Answered(channel, e.id, e.position.offset) for e in events if e.position]
            assert [place.offset for place in there] == list(range(1, len(there) + 1))
            assert len({place.id for place in there}) == len(there)
            assert {answer for answer in answers if answer.channel == channel} <= set(there)
            assert (await store.counts(channel)).pending == len(there)
