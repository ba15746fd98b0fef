"""Whatever clients say, others are served on, nothing is left over, and nothing secret is told."""

from __future__ import annotations

import asyncio
import json
import logging
from random import Random
from typing import Any

import pytest

from hostile import TEXT, Raw, frame
from pusher_plugin.server.by_hand import Hand, Open, PusherSite
from pusher_plugin.server.signing_by_hand import SHOP, signature, to_hear, to_sign_in

SECRET = SHOP.secret.get_secret_value()
PATH = f"/app/{SHOP.key}?protocol=7"
NASTY = [
    "",
    "null",
    "[]",
    '"pusher:ping"',
    "{",
    "[" * 20_000,
    '{"a":' * 20_000 + "1" + "}" * 20_000,
    '{"event":{"a":1}}',
    '{"event":null,"data":{}}',
    '{"event":"pusher:ping","data":"\\ud800"}',
    '{"event":"client-x","channel":"private-x","data":NaN}',
    '{"event":"client-x","channel":"private-x","data":' + "9" * 5_000 + "}",
    '{"event":"\\u0000","channel":"\\u0000"}',
    '{"event":"pusher:subscribe"}',
    '{"event":"pusher:subscribe","data":{"channel":["a"]}}',
    '{"event":"pusher:subscribe","data":{"channel":"a\\u0000b"}}',
    '{"event":"pusher:subscribe","data":{"channel":"#tidings"}}',
    '{"event":"pusher:subscribe","data":"{\\"channel\\":\\"' + "x" * 60_000 + '\\"}"}',
    '{"event":"pusher:signin","data":{"auth":{},"user_data":[]}}',
    '{"event":"pusher_internal:subscription_succeeded","channel":"private-x","data":"{}"}',
    '{"event":"' + "x" * 60_000 + '"}',
]


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what this package wrote to the log that should trouble anyone."""
    bad = [record for record in caplog.records if record.levelno >= logging.WARNING]
    return [record.getMessage() for record in bad if record.name.startswith("tidings")]


async def still_served(here: PusherSite, bob: Hand) -> None:
    await here.push("bob", "Build passed")
    assert await bob.headings(1) == ["Build passed"]
    await bob.nothing_more()


async def test_nasty_messages_are_refused_one_by_one_and_change_nothing(
    here: PusherSite, caplog: pytest.LogCaptureFixture
) -> None:
    async with here.connect() as client, here.connect() as bob:
        await bob.own("bob")
        await client.hear("private-x")
        for text in NASTY:
            await client.raw.send(text)
            answer = json.dumps(await client.next())
            assert "error" in answer, text[:100]
            assert len(answer) < 1_000
            if "subscription_error" in answer:
                await client.error()
        await client.nothing_more()
        await still_served(here, bob)
        assert here.occupied() == {"private-x", "#server-to-user-bob"}
    assert not ours(caplog)


async def test_neither_frames_nor_log_lines_show_the_secret_or_the_right_signature(
    here: PusherSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with here.connect() as client:
        shown = '{"user_id":"ann"}'
        texts = ("private-x", f"presence-x:{shown}", f":user::{shown}")
        right = [signature(SHOP, f"{client.socket_id}:{text}") for text in texts]
        wrong = f"{SHOP.key}:{right[0][:-8]}00000000"
        for channel in ("private-x", "presence-x"):
            data = {"channel": channel, "auth": wrong, "channel_data": shown}
            await client.say("pusher:subscribe", data)
            client.unread.extend(await client.take(2))
        await client.say("pusher:signin", {"auth": wrong, "user_data": shown})
        told = json.dumps([*client.unread, await client._receive()])
    for text in (told, caplog.text, repr(here.server)):
        assert SECRET not in text
        assert not [digest for digest in right if digest in text]


def _anything(random: Random, socket_id: str) -> dict[str, Any]:
    """Return what a client may say; half of it is obeyed."""
    user = f"user-{random.randint(0, 3)}"
    channel = random.choice(["news", "private-x", "presence-x", "cache-x", "x" * 200])
    member = {"user_id": user} if channel.startswith("presence-") else None
    signed_for = random.choice([socket_id, socket_id, "1.2"])
    said = {
        "pusher:subscribe": to_hear(SHOP, signed_for, channel, member),
        "pusher:unsubscribe": {"channel": channel},
        "pusher:signin": to_sign_in(SHOP, signed_for, {"id": user, "watchlist": ["user-0"]}),
        "client-x": {"n": 1},
        "pusher:ping": {},
        "pusher_internal:member_removed": {"user_id": "bob"},
    }
    event = random.choice(list(said))
    return {"event": event, "data": said[event], "channel": channel}


async def test_who_is_reset_in_the_middle_of_anything_leaves_nothing(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    random = Random(20_261_201)
    app = SHOP.model_copy(update={"subscription_count": True})

    async def visit(here: PusherSite) -> None:
        async with Raw(here.site.port) as raw:
            await raw.open(PATH)
            greeting = await raw._reader.readuntil(b'}"}')
            socket_id = greeting.split(b'\\"')[3].decode()
            for _ in range(random.randint(0, 12)):
                said = json.dumps(_anything(random, socket_id)).encode()
                await raw.send(frame(TEXT, said))
                if random.random() < 0.3:
                    await asyncio.sleep(0)

    async with opened(app) as here, here.connect(app) as bob:
        await bob.own("bob")
        await bob.take(1)
        for _ in range(4):
            await asyncio.gather(*(visit(here) for _ in range(15)))
        assert here.site.counters.requests["Subscribe"] > 20
        await still_served(here, bob)
    assert not ours(caplog)
