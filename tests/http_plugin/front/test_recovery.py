"""Coming back: exactly what was missed, in order, then live; and nothing read for nothing."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest

from event_source import EventSource
from fronts import until
from http_site import ANN, Form, Open, Site, site
from tidings import Options, Recalled
from tidings.testing import FaultyTransport
from tidings_http.chunks import Chunk
from tidings_http.stream import Stream
from tidings_memory import MemoryBroker, MemoryStore
from tidings_sql import SqlStore

Place = dict[str, Any]


class Counting(MemoryStore):
    """A store that counts how often a log is read."""

    def __init__(self, **keeps: int) -> None:
        super().__init__(**keeps)
        self.recalls = 0

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        self.recalls += 1
        return await super().recall(channel, after, limit)


async def numbers(source: EventSource, count: int) -> list[int]:
    """Return what the next events say."""
    return [int(told.data["data"]["heading"]) for told in await source.take(count)]


async def away(here: Site, *pushed: int) -> Place:
    """Have ann come and go, then push; return the position where she stopped."""
    async with here.stream("ann") as source:
        position: Place = source.welcome.data["position"]
    await here.push(*pushed)
    return position


async def test_the_url_says_where_to_go_on(here: Site) -> None:
    after = await away(here, 1, 2, 3)
    async with here.stream("ann", after=after) as ann:
        assert ann.welcome.data["position"] == after
        assert ann.welcome.data["counts"]["pending"] == 3
        assert await numbers(ann, 3) == [1, 2, 3]
        await here.push(4)
        assert await numbers(ann, 1) == [4]
        await here.nothing_more(ann)
    assert here.counters.resumed["log"] == 1


async def test_a_browser_says_the_last_id_it_saw_which_is_newer_than_its_url(here: Site) -> None:
    after = await away(here, 1, 2, 3)
    async with here.stream("ann", after=after) as ann:
        assert await numbers(ann, 2) == [1, 2]
        last = ann.last
    async with here.stream("ann", after=after, last=last) as ann:
        assert await numbers(ann, 1) == [3]
        await here.nothing_more(ann)


async def test_who_saw_nothing_but_the_welcome_misses_nothing(here: Site) -> None:
    async with here.stream("ann") as ann:
        last = ann.welcome.id
    await here.push(1)
    async with here.stream("ann", last=last) as ann:
        assert await numbers(ann, 1) == [1]
        await here.nothing_more(ann)


async def test_who_missed_nothing_costs_no_reading(opened: Open) -> None:
    store = Counting()
    async with opened(store=store) as here:
        async with here.stream("ann") as ann:
            await here.push(1)
            after = (await ann.next()).data["position"]
        async with here.stream("ann", after=after) as ann:
            assert ann.welcome.data["position"] == after
            await here.push(2)
            assert await numbers(ann, 1) == [2]
        assert here.counters.resumed["live"] == 1
    assert store.recalls == 0


async def test_who_begins_anew_costs_no_reading(opened: Open) -> None:
    store = Counting()
    async with opened(store=store) as here:
        await here.push(1)
        async with here.stream("ann") as ann:
            await here.nothing_more(ann)
        assert not any(here.counters.resumed.values())
    assert store.recalls == 0


async def reset(source: EventSource) -> str:
    told = await source.next()
    assert told.name == "tidings:reset"
    assert told.id == "{epoch}:{offset}".format(**told.data["position"])
    return str(told.data["data"]["reason"])


async def test_who_is_too_far_behind_is_told_to_take_a_snapshot(here: Site) -> None:
    after = await away(here, 1, 2, 3)
    await here.tidings.log.trim(ANN, 2)
    async with here.stream("ann", after=after) as ann:
        assert await reset(ann) == "trimmed"
        await here.push(4)
        assert await numbers(ann, 1) == [4]
        await here.nothing_more(ann)
    assert here.counters.resumed["reset"] == 1


async def test_who_comes_from_another_log_is_told_to_take_a_snapshot(here: Site) -> None:
    after = await away(here, 1)
    await here.tidings.forget("ann")
    await here.push(2)
    async with here.stream("ann", after=after) as ann:
        assert await reset(ann) == "new epoch"
        await here.push(3)
        assert await numbers(ann, 1) == [3]
        await here.nothing_more(ann)


async def test_who_is_ahead_of_the_log_is_told_to_take_a_snapshot(here: Site) -> None:
    after = await away(here, 1)
    async with here.stream("ann", after={**after, "offset": 7}) as ann:
        assert await reset(ann) == "behind"
        await here.push(2)
        assert await numbers(ann, 1) == [2]
        await here.nothing_more(ann)


async def test_whoever_is_there_is_told_when_the_log_is_another(here: Site) -> None:
    async with here.stream("ann") as ann:
        await here.push(1)
        await ann.next()
        await here.tidings.forget("ann")
        assert await reset(ann) == "new epoch"
        await here.push(2)
        assert (await ann.named("tidings:notification")).data["data"]["heading"] == "2"


async def test_a_channel_without_a_log_cannot_be_gone_back_to(here: Site) -> None:
    after, path = {"epoch": "e", "offset": 0}, "/channels/news/events"
    async with here.stream("ann", path=path, after=after, greeted=False) as ann:
        assert ann.status == 400
        assert "leave it out" in (await ann.problem())["detail"]


async def test_a_logged_channel_is_gone_back_to_as_an_inbox_is(opened: Open) -> None:
    path = "/channels/news/events"
    async with opened(options=Options(logged=("news",))) as here:
        async with here.stream(path=path) as source:
            last = source.welcome.id
        await here.tidings.publish("news", "rain", 1)
        async with here.stream(path=path, last=last) as source:
            assert (await source.next()).data["data"] == 1


async def test_a_backlog_is_no_burden_however_large(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = Stream.write

    def noting(self: Stream, chunk: Chunk) -> None:
        written.append(len(chunk))
        write(self, chunk)

    monkeypatch.setattr(Stream, "write", noting)
    size, count = 20_000, 150  # far more than may wait to leave
    async with opened(outgoing=100_000) as here:
        after = await away(here)
        for number in range(count):
            await here.tidings.publish(ANN, "much", {"heading": number, "more": "x" * size})
        async with here.stream("ann", after=after, reluctant=True) as ann:
            assert await numbers(ann, count) == list(range(count))
        assert not here.counters.ended["slow"]
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
        async with here.stream("ann", after=after) as ann:
            await reading.wait()
            ann.abort()
        await here.quiet()


async def test_who_read_more_than_the_transport_has_brought_hears_nothing_twice(form: Form) -> None:
    late = FaultyTransport(MemoryBroker(), seed=1, drop=0, repeat=0, delay=1.0)
    unaided = Options(head_beat=3600)
    async with site(form, late, options=unaided) as here, here.stream("ann") as phone:
        await here.push(1, 2, 3)  # the transport keeps them back
        async with here.stream("ann", after=phone.welcome.data["position"]) as laptop:
            assert await numbers(laptop, 3) == [1, 2, 3]
            late.calm()
            await here.push(4)
            assert await numbers(phone, 4) == [1, 2, 3, 4]
            assert await numbers(laptop, 1) == [4]
            await here.push(5)
            for device in (phone, laptop):
                assert await numbers(device, 1) == [5]
            await here.nothing_more(phone, laptop)
            assert not here.front.lines._lines[ANN, True]._ahead


async def come_and_go(here: Site, random: Random, last: int) -> list[int]:
    """Come, take some events and go, again and again, until the last; return all offsets."""
    async with here.stream("ann") as source:
        place = source.welcome.id
    offset, offsets = int((place or "").rpartition(":")[2]), list[int]()
    while offset < last:
        async with here.stream("ann", last=place) as source:
            for _ in range(random.randint(1, 12)):
                if offset < last:
                    told = await source.named("tidings:notification")
                    place, offset = told.id, told.data["position"]["offset"]
                    offsets.append(offset)
    return offsets


async def test_nothing_is_missed_or_repeated_at_the_seam_whatever_the_transport_does(
    form: Form, request: pytest.FixtureRequest
) -> None:
    rounds, last = (50 if request.config.getoption("--thorough") else 2), 60
    for seed in range(rounds):
        random = Random(seed)
        faulty = FaultyTransport(MemoryBroker(), seed=seed)
        async with site(form, faulty) as here:
            coming = [
                asyncio.create_task(come_and_go(here, Random(seed * 7 + n), last)) for n in range(3)
            ]
            await until(lambda: here.counters.opened >= 3)
            for number in range(1, last + 1):
                await here.push(number)
                if random.random() < 0.5:
                    await asyncio.sleep(0)
            faulty.calm()
            for offsets in await asyncio.gather(*coming):
                first = offsets[0]
                assert offsets == list(range(first, last + 1))


async def test_a_server_that_was_another_meanwhile_goes_on_where_the_client_stopped(
    form: Form, tmp_path: Any
) -> None:
    url = f"sqlite:///{tmp_path}/tidings.db"
    async with site(form, store=SqlStore(url)) as here, here.stream("ann") as ann:
        await here.push(1, 2)
        assert await numbers(ann, 2) == [1, 2]
        last = ann.last
    async with site(form, store=SqlStore(url)) as here:
        await here.push(3)
        async with here.stream("ann", last=last) as ann:
            assert await numbers(ann, 1) == [3]
            await here.push(4)
            assert await numbers(ann, 1) == [4]
            await here.nothing_more(ann)
