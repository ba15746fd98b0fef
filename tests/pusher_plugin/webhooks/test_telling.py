"""A backend is told what happens, and Pusher's own library finds it valid."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from fronts import until
from pusher_plugin.webhooks.receiver import (
    KEY,
    LONG,
    SECRET,
    SOON,
    counted,
    occupied,
    receiver,
    vacated,
    webhooks,
)
from tidings_pusher.webhooks.terms import Terms
from tidings_pusher.webhooks.webhook import Webhook

ADDED: dict[str, str | int] = {
    "name": "member_added",
    "channel": "presence-a",
    "user_id": "ann",
}
SAID: dict[str, str | int] = {
    "name": "client_event",
    "channel": "presence-a",
    "event": "client-moved",
    "data": '{"to":"é \u2603"}',
    "socket_id": "1.2",
    "user_id": "ann",
}
REMOVED: dict[str, str | int] = ADDED | {"name": "member_removed"}
MISSED: dict[str, str | int] = {"name": "cache_miss", "channel": "cache-a"}


async def test_a_backend_is_told_everything_in_order_one_event_in_each_post() -> None:
    told = [occupied("presence-a"), ADDED, SAID, MISSED, counted(3), REMOVED, vacated("presence-a")]
    async with receiver() as backend:
        hooks = webhooks(backend.hook())
        async with hooks.open():
            for event in told:
                hooks.report(event)
            await until(lambda: len(backend.posts) == len(told), "all was taken")
    assert backend.posts == [[event] for event in told]
    assert backend.refused == []


async def test_the_documented_headers_and_those_of_the_settings_come_along() -> None:
    async with receiver() as backend:
        hook = backend.hook("/hook?a=1&b=%2F", headers={"Authorization": "Bearer x"})
        hooks = webhooks(hook)
        async with hooks.open():
            hooks.report(occupied())
    assert backend.headers["x-pusher-key"] == KEY
    assert len(backend.headers["x-pusher-signature"]) == 64
    assert backend.headers["content-type"] == "application/json"
    assert backend.headers["authorization"] == "Bearer x"
    assert backend.target == "?a=1&b=%2F"


async def test_a_backend_with_another_secret_finds_nothing_valid() -> None:
    now = 0.0
    async with receiver(secret="another") as backend:
        hooks = webhooks(backend.hook(), clock=lambda: now)
        async with hooks.open():
            hooks.report(occupied())
            await until(lambda: len(backend.refused) > 1, "it was tried again")
            now = SOON.retry_for
            await until(lambda: hooks.given_up, "it was given up")
    assert set(backend.refused) == {401}
    assert backend.posts == []


async def test_many_at_once_go_in_posts_of_twenty_where_that_is_wanted() -> None:
    async with receiver() as backend:
        hooks = webhooks(backend.hook(batch=True), terms=Terms(gather=LONG))
        async with hooks.open():
            for number in range(45):
                hooks.report(occupied(f"c{number}"))
            await until(lambda: len(backend.posts) == 2, "two posts were taken")
            assert len(backend.events) == 40  # the others wait for more
    assert [len(post) for post in backend.posts] == [20, 20, 5]
    assert backend.events == [occupied(f"c{number}") for number in range(45)]


async def test_a_batch_waits_a_moment_for_more_and_no_longer() -> None:
    async with receiver() as backend:
        hooks = webhooks(backend.hook(batch=True))
        async with hooks.open():
            hooks.report(occupied("a"))
            hooks.report(occupied("b"))
            await until(lambda: backend.posts, "a post was taken")
    assert backend.posts == [[occupied("a"), occupied("b")]]


async def test_each_backend_is_told_what_it_wants() -> None:
    async with receiver() as one, receiver() as two:
        hooks = webhooks(
            one.hook(kinds={"channel_vacated"}, channels="news"),
            two.hook(kinds={"client_event"}, channels="presence-"),
        )
        async with hooks.open():
            for event in (occupied(), SAID, SAID | {"channel": "private-a"}, vacated()):
                hooks.report(event)
            hooks.report({"name": "unheard_of", "channel": "presence-a"})
    assert one.events == [vacated()]
    assert two.events == [SAID]


async def test_who_comes_back_in_time_is_no_news_even_if_coming_is_not_wanted() -> None:
    async with receiver() as backend:
        hooks = webhooks(backend.hook(kinds={"channel_vacated"}), terms=Terms(grace=LONG))
        async with hooks.open():
            hooks.report(vacated("a"))
            hooks.report(vacated("b"))
            hooks.report(occupied("a"))
    assert backend.events == [vacated("b")]


async def test_who_stays_away_is_told_when_the_grace_is_over() -> None:
    async with receiver() as backend:
        hooks = webhooks(backend.hook(), terms=Terms(grace=0.05))
        async with hooks.open():
            begun = time.monotonic()
            hooks.report(vacated("a"))
            hooks.report(vacated("b"))
            hooks.report(occupied("a"))
            await until(lambda: backend.events, "it was told")
            assert time.monotonic() - begun >= 0.05
    assert backend.events == [vacated("b")]


async def test_of_the_counts_of_a_channel_only_the_latest_waits() -> None:
    async with receiver() as backend:
        backend.may_answer.clear()
        hooks = webhooks(backend.hook())
        async with hooks.open():
            hooks.report(counted(1))
            await backend.asked.wait()
            for number in (2, 3, 4):
                hooks.report(counted(number))
                hooks.report(counted(number, "other"))
            backend.may_answer.set()
    assert backend.events == [counted(1), counted(4), counted(4, "other")]


async def test_a_cache_miss_of_a_channel_is_told_once_in_a_while() -> None:
    now = 100.0
    async with receiver() as backend:
        hooks = webhooks(backend.hook(), clock=lambda: now)
        async with hooks.open():
            for later in (0.0, 9.0, 2.0):
                now += later
                hooks.report(MISSED)
            hooks.report(MISSED | {"channel": "cache-b"})
    assert backend.events == [MISSED, MISSED, MISSED | {"channel": "cache-b"}]


async def test_half_a_character_from_a_client_spoils_no_post() -> None:
    async with receiver() as backend:
        hooks = webhooks(backend.hook())
        async with hooks.open():
            hooks.report(SAID | {"data": "\ud83d!"})
    assert backend.events == [SAID | {"data": "?!"}]


async def test_nothing_is_done_where_nobody_wants_to_know() -> None:
    before = asyncio.all_tasks()
    hooks = webhooks()
    async with hooks.open():
        hooks.report(vacated())
        assert asyncio.all_tasks() == before
    assert not hooks.wanted("channel_vacated")
    some = webhooks(Webhook(url="https://example.com", kinds=frozenset({"member_removed"})))
    assert some.wanted("member_added")
    assert not some.wanted("channel_occupied")


async def test_no_secret_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with receiver() as backend:
        backend.statuses = [503]
        hooks = webhooks(backend.hook("/hook?token=hush", headers={"X-Token": "hush"}))
        async with hooks.open():
            hooks.report(SAID | {"data": "hush"})
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("tidings", "http"))]
    assert any("is tried again: it answered 503" in line for line in ours)
    assert any("HTTP Request: POST" in line for line in ours)
    for secret in ("hush", SECRET, backend.headers["x-pusher-signature"]):
        assert secret not in f"{ours} {hooks!r}"
