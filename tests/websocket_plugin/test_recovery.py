"""Coming back: exactly what was missed, in order, then live; and nothing read for nothing."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from fronts import ANN, Client, Frame, Open, Shell, Site, site, until
from tidings import Notification, Options, Recalled
from tidings.testing import FaultyTransport
from tidings_memory import MemoryBroker, MemoryStore
from tidings_websocket.frames import Batch
from tidings_websocket.session import Session


class Counting(MemoryStore):
    """A store that counts how often a log is read, and lets a test look on."""

    def __init__(self, **keeps: int) -> None:
        super().__init__(**keeps)
        self.recalls = 0

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        self.recalls += 1
        return await super().recall(channel, after, limit)


async def push(here: Site, *numbers: int) -> None:
    """Push to ann what says its number."""
    for number in numbers:
        await here.tidings.push("ann", Notification(heading=str(number)))


async def numbers(client: Client, count: int) -> list[int]:
    """Return what the next events say."""
    return [int(frame["data"]["heading"]) for frame in await client.take(count)]


async def away(here: Site, *pushed: int) -> Frame:
    """Have ann connect and go, then push; return the position where she stopped."""
    async with here.connect("ann") as client:
        position: Frame = client.welcome["position"]
    await push(here, *pushed)
    return position


async def test_the_url_says_where_to_go_on(here: Site) -> None:
    after = await away(here, 1, 2, 3)
    async with here.connect("ann", after=after) as client:
        assert client.welcome["position"] == after
        assert await numbers(client, 3) == [1, 2, 3]
        await push(here, 4)
        assert await numbers(client, 1) == [4]
        await client.nothing_more()
    assert here.counters.resumed["log"] == 1


async def test_the_first_message_says_where_to_go_on(here: Site) -> None:
    after = await away(here, 1, 2, 3)
    async with here.connect() as client:
        reply = await client.ask("authenticate", token=here.tokens.issue("ann"), after=after)
        assert reply["position"] == after
        assert await numbers(client, 3) == [1, 2, 3]
        await client.nothing_more()


async def test_a_subscription_says_where_to_go_on(here: Site) -> None:
    after = await away(here, 1, 2, 3)
    async with here.connect("ann") as client:
        await client.ask("unsubscribe", channel=ANN)
        reply = await client.ask("subscribe", channel=ANN, after=after)
        assert reply["position"] == after
        assert await numbers(client, 3) == [1, 2, 3]
        await client.nothing_more()


async def test_a_channel_that_is_heard_already_can_be_gone_through_again(here: Site) -> None:
    after = await away(here, 1, 2)
    async with here.connect("ann") as client:
        await push(here, 3)
        assert await numbers(client, 1) == [3]
        await client.ask("subscribe", channel=ANN, after=after)
        assert await numbers(client, 3) == [1, 2, 3]
        await push(here, 4)
        assert await numbers(client, 1) == [4]
        await client.nothing_more()
        assert here.counters.subscriptions == 1


async def test_a_fresh_token_may_say_where_to_go_on_too(here: Site) -> None:
    after = await away(here, 1)
    async with here.connect("ann") as client:
        await client.ask("authenticate", token=here.tokens.issue("ann"), after=after)
        assert await numbers(client, 1) == [1]
        await client.nothing_more()


async def test_who_missed_nothing_costs_no_reading(opened: Open) -> None:
    store = Counting()
    async with opened(store=store) as here:
        async with here.connect("ann") as client:
            await push(here, 1)
            after = (await client.next())["position"]
        async with here.connect("ann", after=after) as client:
            assert client.welcome["position"] == after
            await push(here, 2)
            assert await numbers(client, 1) == [2]
        assert here.counters.resumed["live"] == 1
    assert store.recalls == 0


async def test_who_begins_anew_costs_no_reading(opened: Open) -> None:
    store = Counting()
    async with opened(store=store) as here:
        await push(here, 1)
        async with here.connect("ann") as client:
            await client.nothing_more()
        assert not any(here.counters.resumed.values())
    assert store.recalls == 0


async def reset(client: Client) -> str:
    frame = await client.next()
    assert frame["event"] == "tidings:reset"
    assert frame["channel"] == ANN
    return str(frame["data"]["reason"])


async def test_who_is_too_far_behind_is_told_to_take_a_snapshot(here: Site) -> None:
    after = await away(here, 1, 2, 3)
    await here.tidings.log.trim(ANN, 2)
    async with here.connect("ann", after=after) as client:
        assert await reset(client) == "trimmed"
        await push(here, 4)
        assert await numbers(client, 1) == [4]
        await client.nothing_more()
    assert here.counters.resumed["reset"] == 1


async def test_who_comes_from_another_log_is_told_to_take_a_snapshot(here: Site) -> None:
    after = await away(here, 1)
    await here.tidings.forget("ann")
    await push(here, 2)
    async with here.connect("ann", after=after) as client:
        assert await reset(client) == "new epoch"
        await push(here, 3)
        assert await numbers(client, 1) == [3]
        await client.nothing_more()


async def test_who_is_ahead_of_the_log_is_told_to_take_a_snapshot(here: Site) -> None:
    after = await away(here, 1)
    async with here.connect("ann", after={**after, "offset": 7}) as client:
        assert await reset(client) == "behind"
        await push(here, 2)
        assert await numbers(client, 1) == [2]
        await client.nothing_more()


async def test_whoever_is_connected_is_told_when_the_log_is_another(here: Site) -> None:
    async with here.connect("ann") as client:
        await push(here, 1)
        await client.next()
        await here.tidings.forget("ann")
        assert await reset(client) == "new epoch"
        await push(here, 2)
        assert (await client.named("tidings:notification"))["data"]["heading"] == "2"


async def test_a_channel_without_a_log_cannot_be_gone_back_to(here: Site) -> None:
    async with here.connect("ann") as client:
        after = {"epoch": "e", "offset": 0}
        assert await client.refused("subscribe", channel="news", after=after) == "unsupported"
        assert "error" not in await client.ask("subscribe", channel="news")
        assert await client.refused("subscribe", channel="news", after=after) == "unsupported"
        await here.tidings.publish("news", "issue", 7)  # what was followed before still is
        assert (await client.next())["data"] == 7


async def test_a_backlog_is_no_burden_however_large(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = Session.write

    def noting(self: Session, batch: Batch) -> None:
        written.append(batch.size)
        write(self, batch)

    monkeypatch.setattr(Session, "write", noting)
    size, count = 20_000, 150  # far more than may wait to leave
    async with opened(outgoing=100_000) as here:
        after = await away(here)
        for number in range(count):
            await here.tidings.publish(ANN, "much", {"heading": number, "more": "x" * size})
        async with here.connect("ann", after=after, max_queue=1) as client:
            assert await numbers(client, count) == list(range(count))
        assert here.counters.slow == 0
        assert max(written) < 100_000


async def test_whoever_goes_while_the_log_is_read_leaves_nothing(opened: Open) -> None:
    reading, never = asyncio.Event(), asyncio.Event()

    class Stuck(MemoryStore):
        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            reading.set()
            await never.wait()
            return await super().recall(channel, after, limit)

    async with opened(store=Stuck()) as here:
        after = await away(here, 1)
        async with here.connect("ann", after=after) as client:
            await reading.wait()
            client.raw.transport.abort()
        await until(lambda: not here.front.sessions)


async def test_a_channel_may_be_left_while_its_log_is_read(opened: Open) -> None:
    reading, on = asyncio.Event(), asyncio.Event()

    class Slow(MemoryStore):
        async def recall(self, channel: str, after: int, limit: int) -> Recalled:
            reading.set()
            await on.wait()
            return await super().recall(channel, after, limit)

    async with opened(store=Slow()) as here:
        after = await away(here, 1)
        async with here.connect("ann", after=after) as client:
            await reading.wait()
            await client.ask("unsubscribe", channel=ANN)
            on.set()
            await client.nothing_more()
            await client.ask("subscribe", channel=ANN, after=after)
            assert await numbers(client, 1) == [1]
            await client.nothing_more()


async def test_who_read_more_than_the_transport_has_brought_hears_nothing_twice(
    shell: Shell,
) -> None:
    late = FaultyTransport(MemoryBroker(), seed=1, drop=0, repeat=0, delay=1.0)
    unaided = Options(head_beat=3600)
    async with site(shell, late, options=unaided) as here, here.connect("ann") as phone:
        await push(here, 1, 2, 3)  # the transport keeps them back
        async with here.connect("ann", after=phone.welcome["position"]) as laptop:
            assert await numbers(laptop, 3) == [1, 2, 3]
            late.calm()
            await push(here, 4)
            assert await numbers(phone, 4) == [1, 2, 3, 4]
            assert await numbers(laptop, 1) == [4]
            await push(here, 5)
            assert here.front.lines._lines[ANN, "plain"]._ahead is None
            for device in (phone, laptop):
                assert await numbers(device, 1) == [5]
                await device.nothing_more()


async def come_and_go(here: Site, random: Random, last: int) -> list[int]:
    """Connect, take some events and go, again and again, until the last; return all offsets."""
    async with here.connect("ann") as client:
        position = client.welcome["position"]
    offsets: list[int] = []
    while position["offset"] < last:
        async with here.connect("ann", after=position) as client:
            for _ in range(random.randint(1, 12)):
                if position["offset"] < last:
                    frame = await client.named("tidings:notification")
                    position = frame["position"]
                    offsets.append(position["offset"])
            if random.random() < 0.5:
                client.raw.transport.abort()
    return offsets


async def stream(here: Site, random: Random, last: int) -> None:
    for number in range(1, last + 1):
        await push(here, number)
        if random.random() < 0.5:
            await asyncio.sleep(0)


async def test_nothing_is_missed_or_repeated_at_the_seam_whatever_the_transport_does(
    shell: Shell, request: pytest.FixtureRequest
) -> None:
    rounds, last = (50 if request.config.getoption("--thorough") else 2), 60
    for seed in range(rounds):
        random = Random(seed)
        faulty = FaultyTransport(MemoryBroker(), seed=seed)
        async with site(shell, faulty, rate=10_000) as here:
            coming = [
                asyncio.create_task(come_and_go(here, Random(seed * 7 + n), last)) for n in range(3)
            ]
            await until(lambda: here.counters.opened["plain"] >= 3)
            await stream(here, random, last)
            faulty.calm()
            for offsets in await asyncio.gather(*coming):
                first = offsets[0]
                assert offsets == list(range(first, last + 1))
