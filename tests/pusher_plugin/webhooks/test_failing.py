"""A backend that is down, slow or broken loses nothing it could have had, and delays no other."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from fronts import until, warnings
from pusher_plugin.webhooks.receiver import (
    LONG,
    SOON,
    counted,
    occupied,
    receiver,
    vacated,
    webhooks,
)
from tidings_pusher.webhooks.terms import Terms
from tidings_pusher.webhooks.webhooks import Webhooks

A, B, C = (occupied(channel) for channel in "abc")
SHORT = replace(SOON, retry_for=0.05)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410, 413, 429, 500, 503])
async def test_whatever_is_not_2xx_is_tried_again_in_order(status: int) -> None:
    async with receiver() as backend:
        backend.statuses = [status, status]
        backend.answer = {"Location": "/elsewhere"}
        hooks = webhooks(backend.hook())
        async with hooks.open():
            for event in (A, B, C):
                hooks.report(event)
    assert backend.refused == [status, status]
    assert backend.events == [A, B, C]
    assert hooks.given_up == 0


async def test_any_2xx_is_taken() -> None:
    async with receiver() as backend:
        backend.statuses = [204, 202]
        hooks = webhooks(backend.hook())
        async with hooks.open():
            hooks.report(A)
            hooks.report(B)
    assert backend.refused == [204, 202]  # not 200, and not sent again
    assert backend.events == []


async def test_each_attempt_is_signed_anew_so_that_a_late_one_is_still_valid() -> None:
    late = -200.0
    async with receiver() as backend:
        backend.statuses = [503] * 10_000
        hooks = webhooks(backend.hook(), now=lambda: time.time() + late)
        async with hooks.open():
            hooks.report(A)
            await until(lambda: backend.times, "the first attempt was made")
            late = 0.0
            first = backend.times[0]
            await until(lambda: backend.times[-1] - first > 190_000, "it was signed anew")
            backend.statuses = []
    assert backend.events == [A]


async def test_a_backend_that_restarts_gets_what_it_missed() -> None:
    async with receiver() as before:
        hooks = webhooks(before.hook())
        opened = hooks.open()
        await opened.__aenter__()
        hooks.report(A)
        await until(lambda: before.events, "the first was taken")
    hooks.report(B)
    async with receiver(before.port) as after:
        hooks.report(C)
        await until(lambda: len(after.events) == 2, "the others were taken")
        await opened.__aexit__(None, None, None)
    assert before.events == [A]
    assert after.events == [B, C]


async def test_a_backend_that_is_down_delays_no_other() -> None:
    async with receiver() as gone:
        pass
    async with receiver() as stuck, receiver() as well:
        stuck.may_answer.clear()
        hooks = webhooks(gone.hook(), stuck.hook(), well.hook())
        async with hooks.open():
            for event in (A, B, C):
                hooks.report(event)
            await until(lambda: len(well.events) == 3, "the one that is well took all")
            assert stuck.events == []
            stuck.may_answer.set()
            await until(lambda: len(stuck.events) == 3, "the one that was stuck took all")
            async with receiver(gone.port) as again:
                await until(lambda: len(again.events) == 3, "the one that was down took all")


async def test_a_backend_that_answers_too_late_is_asked_again() -> None:
    async with receiver() as backend:
        backend.may_answer.clear()
        hooks = webhooks(backend.hook(), terms=replace(SOON, timeout=0.05))
        async with hooks.open():
            hooks.report(A)
            await backend.asked.wait()
            backend.asked.clear()
            await backend.asked.wait()
            backend.may_answer.set()
            await until(lambda: A in backend.events, "it was taken")


async def test_what_is_never_taken_is_given_up_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 0.0
    async with receiver() as backend:
        backend.statuses = [500] * 10_000
        hooks = webhooks(backend.hook(), clock=lambda: now)
        async with hooks.open():
            hooks.report(A)
            await until(lambda: len(backend.refused) > 3, "it was tried again and again")
            now = SOON.retry_for
            await until(lambda: hooks.given_up == 1, "it was given up")
            backend.statuses = []
            hooks.report(B)
            await until(lambda: backend.events, "the next was taken")
    assert backend.events == [B]
    name = f"webhook 1 of app 278d425bdf160c739803 (http://127.0.0.1:{backend.port})"
    assert warnings(caplog) == [
        f"{name} fails, and is tried again: it answered 500",
        f"{name}: gave up 1 event: it answered 500",
    ]


async def test_what_waits_behind_an_event_that_is_refused_has_its_own_attempt() -> None:
    now = 0.0
    async with receiver() as backend:
        backend.statuses = [400] * 10_000
        hooks = webhooks(backend.hook(), clock=lambda: now)
        async with hooks.open():
            hooks.report(A)
            await until(lambda: backend.refused, "the first was tried")
            now = 1.0
            hooks.report(B)
            now = SOON.retry_for + 0.5
            await until(lambda: hooks.given_up, "the first was given up")
            backend.statuses = []
            await until(lambda: backend.events, "the second was taken")
    assert backend.events == [B]
    assert hooks.given_up == 1


async def test_of_too_many_the_newest_are_kept_with_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with receiver() as backend:
        backend.may_answer.clear()
        hooks = webhooks(backend.hook(), terms=replace(SOON, queue=3))
        async with hooks.open():
            hooks.report(A)
            await backend.asked.wait()
            for number in range(10):
                hooks.report(occupied(f"c{number}"))
            backend.may_answer.set()
    assert backend.events == [A, occupied("c8"), occupied("c9")]
    assert hooks.dropped == 8
    (line,) = warnings(caplog)
    assert "of more than 3 events the oldest are dropped" in line


async def test_a_refused_connection_is_told_without_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with receiver() as gone:
        pass
    hooks = webhooks(gone.hook("/hook?token=hush"), terms=SHORT)
    async with hooks.open():
        hooks.report(A)
        await until(lambda: hooks.given_up, "it was given up")
    assert any(line.endswith("gave up 1 event: ConnectError") for line in warnings(caplog))
    assert "hush" not in caplog.text


async def test_closing_sends_what_is_owed_at_once() -> None:
    async with receiver() as backend:
        backend.statuses = [503]
        patient = Terms(grace=LONG, gather=LONG, first_pause=0.01, most_pause=LONG)
        hooks = webhooks(backend.hook(batch=True), terms=patient)
        async with hooks.open():
            hooks.report(A)
            hooks.report(vacated("b"))
    assert backend.events == [A, vacated("b")]
    hooks.report(C)  # after that it is none of its business


async def test_closing_interrupts_a_long_pause() -> None:
    async with receiver() as backend:
        backend.statuses = [503]
        hooks = webhooks(backend.hook(), terms=replace(SOON, first_pause=LONG, most_pause=LONG))
        async with hooks.open():
            hooks.report(A)
            await until(lambda: backend.refused, "it was tried once")
    assert backend.events == [A]


async def test_closing_gives_up_after_a_while_and_says_how_many(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with receiver() as stuck, receiver() as well:
        stuck.may_answer.clear()
        terms = replace(SOON, grace=LONG, close_within=1.0)
        hooks = webhooks(stuck.hook(), well.hook(), terms=terms)
        async with hooks.open():
            for event in (A, counted(1), vacated("b")):
                hooks.report(event)
        assert well.events == [A, counted(1), vacated("b")]
    assert warnings(caplog) == ["closing: 3 events were not taken by their webhooks in time"]


async def test_what_is_owed_is_sent_even_if_the_application_fails() -> None:
    async with receiver() as backend:
        hooks = webhooks(backend.hook())
        with pytest.raises(RuntimeError):
            await fail(hooks, A)
    assert backend.events == [A]


async def test_nothing_runs_on_after_closing() -> None:
    before = asyncio.all_tasks()
    async with receiver() as backend:
        hooks = webhooks(backend.hook(), terms=Terms(grace=LONG))
        async with hooks.open():
            hooks.report(vacated())
    await until(lambda: asyncio.all_tasks() == before, "all tasks ended")


async def test_cookies_of_one_answer_are_not_sent_with_the_next_request() -> None:
    async with receiver() as backend:
        backend.answer = {"Set-Cookie": "seen=1"}
        hooks = webhooks(backend.hook())
        async with hooks.open():
            hooks.report(A)
            hooks.report(B)
    assert backend.events == [A, B]
    assert "cookie" not in backend.headers


async def fail(hooks: Webhooks, event: dict[str, str | int]) -> None:
    async with hooks.open():
        hooks.report(event)
        raise RuntimeError("the application's own")
