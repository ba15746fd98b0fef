"""What clients may have, and that those who want more are stopped and counted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from fronts import ANN, Open, Site, until, warnings
from tidings import Notification, SettingsError
from tidings_websocket import PlainDialect, WebSocketFront

REFUSED, FORBIDDEN = {503, 0}, {403, 0}


async def status(here: Site, **connecting: Any) -> int:
    """Try to connect; return the HTTP status that the fast front answers.

    The portable one can only say no, which is 403.
    """
    try:
        async with here.connect(**connecting):
            return 101
    except InvalidStatus as refused:
        answer = refused.response.status_code
    assert here.shell == "fast" or answer == 403
    return answer if here.shell == "fast" else 0


@pytest.mark.parametrize(
    "setting",
    [
        "connections",
        "per_address",
        "per_user",
        "handshake",
        "message",
        "rate",
        "subscriptions",
        "outgoing",
        "silence",
    ],
)
def test_a_limit_that_lets_nobody_do_anything_is_none(setting: str) -> None:
    with pytest.raises(SettingsError, match=f"{setting} must be more than 0, not 0"):
        WebSocketFront(**{setting: 0})  # type: ignore[arg-type]


def test_a_proxy_that_is_no_address_is_none() -> None:
    with pytest.raises(SettingsError, match="proxies: 'nginx' does not appear to be"):
        WebSocketFront(proxies=["nginx"])


async def test_there_are_so_many_connections_and_no_more(opened: Open) -> None:
    async with opened(connections=2) as here, here.connect("ann"):
        async with here.connect("bob"):
            assert await status(here, user="eve") in REFUSED
            assert here.counters.refused == {"connections": 1}
            assert here.counters.connections == 2
        await until(lambda: here.counters.connections == 1)
        assert await status(here, user="eve") == 101


async def test_an_address_has_so_many_connections_and_no_more(opened: Open) -> None:
    async with opened(per_address=1, proxies=["127.0.0.0/8"]) as here, here.connect("ann"):
        assert await status(here, user="bob") in REFUSED
        assert here.counters.refused == {"per_address": 1}
        headers = {"X-Forwarded-For": "203.0.113.7, 198.51.100.9"}
        async with here.connect("bob", headers=headers):
            assert await status(here, user="eve", headers=headers) in REFUSED
            other = {"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
            assert await status(here, user="eve", headers=other) == 101
        assert here.counters.refused == {"per_address": 2}


async def test_what_a_client_forwards_is_believed_of_no_client(opened: Open) -> None:
    async with opened(per_address=1) as here, here.connect("ann"):
        headers = {"X-Forwarded-For": "203.0.113.7"}
        assert await status(here, user="bob", headers=headers) in REFUSED


async def test_a_user_has_so_many_connections_and_no_more(opened: Open) -> None:
    async with opened(per_user=2) as here, here.connect("ann"):
        async with here.connect("ann"):
            async with here.connect("ann", greeted=False) as third:
                assert await third.ended() == 1013
                assert third.unread[0]["error"]["code"] == "limit"
            async with here.connect() as third:
                token = here.tokens.issue("ann")
                assert await third.refused("authenticate", token=token) == "limit"
            async with here.connect("bob") as bob:
                await bob.nothing_more()
        await until(lambda: here.counters.connections == 1)
        assert here.counters.refused == {"per_user": 2}
        async with here.connect("ann") as again:
            await again.nothing_more()


async def test_who_does_not_say_in_time_who_it_is_has_to_go(opened: Open) -> None:
    async with opened(handshake=0.05) as here, here.connect("bob") as bob:
        async with here.connect() as silent:
            await silent.ask("ping")  # is no introduction
            assert await silent.ended() == 4001
        await bob.nothing_more()
        assert here.counters.refused == {"handshake": 1}
        assert here.counters.ended["unauthenticated"] == 1


async def test_a_message_has_so_many_bytes_and_no_more(opened: Open) -> None:
    async with opened(message=1_000) as here:
        async with here.connect("ann") as ann:
            text = '{"request":"ping","id":"%s"}'
            fits = text % ("ä" * ((1_000 - len(text) + 2) // 2))
            assert len(fits.encode()) == 1_000
            await ann.raw.send(fits)
            assert (await ann.next())["error"]["code"] == "malformed"  # an id is no novel
            await ann.raw.send(" " + fits)
            assert await ann.ended() == 1009
        assert here.counters.refused == {"message": 1}
        assert here.counters.ended["large"] == 1


async def test_who_is_still_sending_what_is_too_large_is_told_so(opened: Open) -> None:
    async with opened(message=1_000) as here:
        for _ in range(5):
            async with here.connect("ann") as ann:
                sending = asyncio.create_task(ann.raw.send("x" * 3_000_000))
                assert await ann.ended() == 1009
                await asyncio.wait([sending])
                sending.exception()
        assert here.counters.refused == {"message": 5}


async def test_a_message_in_many_parts_is_no_larger(opened: Open) -> None:
    async with opened(message=1_000) as here:
        if here.shell == "portable":
            pytest.skip("the server below puts the parts together")
        async with here.connect("ann") as ann:
            await ann.raw.send(["x" * 100] * 11)
            assert await ann.ended() == 1009
        assert here.counters.refused == {"message": 1}


async def test_a_message_in_parts_is_read_as_one(here: Site) -> None:
    async with here.connect("ann") as ann:
        await ann.raw.send(['{"request":', '"ping",', '"id":', '"\N{SNOWMAN}"', "}"])
        assert (await ann.next())["reply"] == "\N{SNOWMAN}"


async def test_who_sends_too_much_has_to_go(opened: Open) -> None:
    async with opened(rate=5) as here, here.connect("bob") as bob:
        async with here.connect("ann") as ann:
            for _ in range(12):
                await ann.begin("ping")
            assert await ann.ended() == 4006
        await bob.nothing_more()
        assert here.counters.refused == {"rate": 1}
        assert here.counters.ended["flood"] == 1


async def test_pings_and_parts_of_messages_count_as_much(opened: Open) -> None:
    async with opened(rate=5) as here:
        if here.shell == "portable":
            pytest.skip("the server below answers these by itself")
        async with here.connect("ann") as ann:
            for _ in range(12):
                await ann.raw.ping()
            assert await ann.ended() == 4006
        async with here.connect("ann") as ann:
            await ann.raw.send([""] * 12)
            assert await ann.ended() == 4006


async def test_a_connection_hears_so_many_channels_and_no_more(opened: Open) -> None:
    async with opened(subscriptions=3) as here, here.connect("ann") as ann:
        for channel in ("a", "b"):
            assert "error" not in await ann.ask("subscribe", channel=channel)
        assert await ann.refused("subscribe", channel="c") == "limit"
        assert "error" not in await ann.ask("subscribe", channel="b")
        await ann.ask("unsubscribe", channel="a")
        assert "error" not in await ann.ask("subscribe", channel="c")
        assert await ann.refused("heads", channels=[ANN, "a", "b", "c"]) == "limit"
        assert here.counters.refused == {"subscriptions": 2}


async def test_pages_of_other_sites_may_not_connect_where_that_is_set(opened: Open) -> None:
    async with opened(origins=["https://example.com"]) as here:
        assert await status(here, user="ann", origin="https://evil.example") in FORBIDDEN
        assert (
            await status(here, user="ann", origin="https://example.com.evil.example") in FORBIDDEN
        )
        assert await status(here, user="ann", origin="null") in FORBIDDEN
        assert here.counters.refused == {"origin": 3}
        assert await status(here, user="ann", origin="https://example.com") == 101
        assert await status(here, user="ann") == 101  # no browser


async def test_who_is_silent_is_asked_and_who_does_not_answer_is_gone(opened: Open) -> None:
    async with opened(silence=0.05) as here:
        if here.shell == "portable":
            pytest.skip("the server below asks")
        async with here.connect("ann") as ann, here.reluctant("bob") as bob:
            bob.raw.protocol.send_pong = lambda data: None  # type: ignore[method-assign]
            bob.raw.protocol.recv_frame = lambda frame: None  # type: ignore[method-assign]
            await until(lambda: here.counters.ended["silent"] == 1)
            await ann.nothing_more()


async def test_a_limit_is_told_to_the_log_once_for_many(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(connections=1, handshake=0.02) as here, here.connect("ann"):
        for _ in range(5):
            assert await status(here, user="bob") in REFUSED
        await until(lambda: warnings(caplog))
    (first, *rest) = warnings(caplog)
    assert "as many connections as may be in all" in first
    assert len(rest) <= 1


async def test_limits_of_one_connection_hold_for_the_anonymous_too(opened: Open) -> None:
    dialects = [PlainDialect(anonymous=True)]
    settings = {"dialects": dialects, "subscriptions": 1, "rate": 5}
    async with opened(**settings) as here, here.connect() as client:
        assert "error" not in await client.ask("subscribe", channel="a")
        assert await client.refused("subscribe", channel="b") == "limit"
        for _ in range(12):
            await client.begin("ping")
        assert await client.ended() == 4006


async def test_a_burst_that_a_client_has_had_no_time_for_is_no_reason_to_cut_it_off(
    opened: Open,
) -> None:
    async with opened(outgoing=10_000) as here, here.connect("ann") as ann:
        for number in range(20):
            said = Notification(heading=str(number), content="x" * 3_000)
            await here.tidings.push("ann", said)
            assert (await ann.next())["data"]["heading"] == str(number)
        assert here.counters.slow == 0
