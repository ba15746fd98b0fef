"""The extension that no Pusher server has: exact recovery, for clients that ask for it."""

from __future__ import annotations

import json
from typing import Any

from pusher_plugin.server.by_hand import Frame, Open, PusherSite
from tidings import Options

ROOM = "private-room"
LOGGED = Options(logged=("private-*",), head_beat=0.05, straggler=0.001)


def said(frame: Frame) -> tuple[Any, int]:
    """Return what an event says, and its offset."""
    return json.loads(frame["data"]), frame["position"]["offset"]


async def test_it_is_announced_and_told_of_to_who_asks_alone(opened: Open) -> None:
    async with (
        opened(options=LOGGED) as here,
        here.connect(recovery=True) as asks,
        here.connect() as does_not,
    ):
        assert (asks.recovers, does_not.recovers) == (True, False)
        place = (await asks.hear(ROOM))["position"]
        assert await does_not.hear(ROOM, after={"epoch": "x", "offset": 3}) == {}
        await here.tidings.publish(ROOM, "said", {"n": 1})
        plain = {"event": "said", "channel": ROOM, "data": '{"n":1}'}
        assert await does_not.next() == plain
        frame = await asks.next()
        assert frame.pop("id")
        assert frame == {**plain, "position": {**place, "offset": 1}}


async def test_what_was_missed_comes_first_and_exactly(opened: Open) -> None:
    async with opened(options=LOGGED) as here:
        async with here.connect(recovery=True) as client:
            await client.hear(ROOM)
            await here.tidings.publish(ROOM, "said", 1)
            place = (await client.next())["position"]
        for number in (2, 3, 4):
            await here.tidings.publish(ROOM, "said", number)
        async with here.connect(recovery=True) as client:
            assert (await client.hear(ROOM, after=place))["position"] == place
            await here.tidings.publish(ROOM, "said", 5)
            assert [said(frame) for frame in await client.take(4)] == [
                (number, number) for number in (2, 3, 4, 5)
            ]
            await client.nothing_more()


async def test_who_missed_nothing_reads_nothing(opened: Open) -> None:
    async with opened(options=LOGGED) as here, here.connect(recovery=True) as client:
        await client.hear(ROOM)
        await here.tidings.publish(ROOM, "said", 1)
        place = (await client.next())["position"]
        await client.leave(ROOM)
        await client.hear(ROOM, after=place)
        await here.tidings.publish(ROOM, "said", 2)
        assert said(await client.next()) == (2, 2)
        assert here.site.counters.resumed == {"live": 1}


async def test_a_users_own_channel_is_recovered_too_and_shows_nothing_pending_then(
    here: PusherSite,
) -> None:
    await here.push("ann", "one", "two")
    async with here.connect(recovery=True) as client:
        assert (await client.own("ann"))["counts"] == {"pending": 2, "unseen": 2}
        frames = await client.take(2)
        assert [said(frame)[0]["heading"] for frame in frames] == ["one", "two"]
        assert all("_tidings" not in frame["data"] for frame in frames)
    await here.push("ann", "three")
    async with here.connect(recovery=True) as client:
        await client.own("ann", after=frames[0]["position"])
        frames = await client.take(2)
        assert [said(frame)[0]["heading"] for frame in frames] == ["two", "three"]
        assert frames[1]["counts"] == {"pending": 3, "unseen": 3}
        await client.nothing_more()


async def test_what_the_log_has_no_more_is_told(opened: Open) -> None:
    async with opened(options=LOGGED) as here:
        for number in range(1, 5):
            await here.tidings.publish(ROOM, "said", number)
        async with here.connect(recovery=True) as client:
            place = (await client.hear(ROOM))["position"]
            await client.leave(ROOM)
            await here.site.front.tidings.log.trim(ROOM, 3)
            await client.hear(ROOM, after={**place, "offset": 1})
            reset = {"position": {**place, "offset": 4}, "reason": "trimmed"}
            assert await client.told() == [("tidings:reset", reset)]
            await here.tidings.publish(ROOM, "said", 5)
            assert said(await client.next()) == (5, 5)
            await client.leave(ROOM)
            await client.hear(ROOM, after={"epoch": "of long ago", "offset": 9})
            ((name, data),) = await client.told()
            assert (name, data["reason"]) == ("tidings:reset", "new epoch")
            await client.nothing_more()


async def test_a_forgotten_user_is_told_to_begin_anew(here: PusherSite) -> None:
    await here.push("ann", "one")
    async with here.connect(recovery=True) as client:
        await client.own("ann")
        await client.take(1)
        await here.tidings.forget("ann")
        ((name, data),) = await client.told()
        assert (name, data["reason"]) == ("tidings:reset", "new epoch")


async def test_who_sends_on_a_logged_channel_is_told_where_that_stands(opened: Open) -> None:
    async with (
        opened(options=LOGGED) as here,
        here.connect(recovery=True) as one,
        here.connect() as other,
    ):
        for client in (one, other):
            await client.hear(ROOM)
        await one.say("client-x", {"n": 1}, channel=ROOM)
        ((name, data),) = await one.told()
        assert (name, data["position"]["offset"]) == ("tidings:position", 1)
        await other.take(1)
        await other.say("client-x", {"n": 2}, channel=ROOM)
        frame = await one.next()
        assert said(frame) == ({"n": 2}, 2)
        await other.nothing_more()


async def test_a_channel_without_a_log_cannot_be_recovered(here: PusherSite) -> None:
    async with here.connect(recovery=True) as client:
        await client.asks_to_hear("news", after={"epoch": "e", "offset": 1})
        await client.not_let_in("news")
        assert await client.hear("news") == {}
        await here.tidings.publish("news", "said", 1)
        assert await client.next() == {"event": "said", "channel": "news", "data": "1"}
        await client.asks_to_hear("other", after={"epoch": "e", "offset": -1})
        assert "is no position" in (await client.error())[0]
