"""The console's numbers are true: what clients did, and what became of what was pushed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from fronts import until
from http_site import ANN, Open, Site
from tidings import Abilities, Event, Notification, Undeliverable, hookimpl
from tidings_http.console.counted import Counted
from tidings_websocket import WebSocketFront


class Far:
    """A carrier whose far side takes what it is sent, or does not."""

    abilities = Abilities(role="carrier")
    error: Exception | None = None

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        if self.error is not None:
            raise self.error


async def state(here: Site, **query: str) -> dict[str, Any]:
    """Return what the console shows."""
    answer = await here.get("/console/state", "ops", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def front(here: Site, name: str) -> dict[str, Any]:
    """Return what it shows of one front."""
    (found,) = [each for each in (await state(here))["fronts"] if each["name"] == name]
    return dict(found)


@asynccontextmanager
async def socket(here: Site, user: str, **query: str) -> AsyncIterator[ClientConnection]:
    """Connect over a WebSocket, where there are any."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    url = f"ws://127.0.0.1:{here.port}/ws?ticket={here.ticket(user)}{more}"
    async with connect(url, proxy=None) as client:
        assert json.loads(await client.recv())["event"] == "tidings:welcome"
        yield client


async def test_where_nothing_has_happened_there_is_nothing(here: Site) -> None:
    found = await state(here)

    assert found["accepted"] == found["heard"] == 0
    assert found["connections"] == found["events"] == found["channels"]["rows"] == []
    assert [each["connections"] for each in found["fronts"]] == [0, 0]
    assert found["at"] >= found["opened_at"] > 0


async def test_every_connection_is_counted_and_named(here: Site) -> None:
    async with socket(here, "ann"), socket(here, "ann"), here.stream("bob"):
        found = await state(here)

    assert {each["name"]: each["connections"] for each in found["fronts"]} == {
        "websocket": 2,
        "http": 1,
    }
    rows = [(row["user"], row["language"], row["channels"]) for row in found["connections"]]
    assert rows == [("ann", "plain", 1), ("ann", "plain", 1), ("bob", "event stream", None)]
    assert [row["address"] for row in found["connections"]] == ["127.0.0.1", "127.0.0.1", None]


async def test_those_of_one_user_can_be_asked_for(here: Site) -> None:
    async with socket(here, "ann"), socket(here, "bob"), here.stream("bob"):
        found = await state(here, user="bob")

    assert [row["user"] for row in found["connections"]] == ["bob", "bob"]


async def test_channels_are_told_by_how_many_hear_them(here: Site) -> None:
    async with socket(here, "ann"), here.stream("ann"), here.stream("bob"):
        found = await state(here)

    assert found["channels"] == {
        "total": 2,
        "rows": [
            {"channel": ANN, "connections": 2},
            {"channel": "private-user-bob", "connections": 1},
        ],
    }


async def test_who_has_gone_is_counted_no_more(here: Site) -> None:
    async with socket(here, "ann"):
        pass
    async with here.stream("bob"):
        pass
    await until(lambda: not here.counters.streams)

    found = await state(here)
    assert found["connections"] == []
    assert [(each["opened"], each["ended"]) for each in found["fronts"]] == [
        (1, {"gone": 1}),
        (1, {"gone": 1}),
    ]


async def test_what_was_pushed_and_delivered_adds_up(here: Site) -> None:
    async with socket(here, "ann") as ann, socket(here, "ann"), here.stream("ann") as stream:
        await here.push(1, 2, 3)
        await here.push(4, user="bob")
        for _ in range(3):
            await ann.recv()
            await stream.next()
        found = await state(here)
        sockets, streams = found["fronts"]

    assert (found["accepted"], found["heard"]) == (4, 3)
    assert (sockets["events"], sockets["deliveries"]) == (3, 6)
    assert (streams["events"], streams["deliveries"]) == (3, 3)
    assert sum(sockets["latency"]["counts"]) > 0
    assert len(sockets["latency"]["counts"]) == len(sockets["latency"]["bounds"]) + 1
    assert streams["latency"] is None


async def test_recoveries_are_told_by_how_they_went(here: Site) -> None:
    async with here.stream("ann") as stream:
        after = stream.welcome.data["position"]
    await here.push(1)
    async with here.stream("ann", after=after) as stream:
        await stream.next()
        assert (await front(here, "http"))["resumed"]["log"] == 1


async def test_a_client_that_takes_too_little_is_told_of(opened: Open) -> None:
    async with opened(outgoing=1024) as here:
        async with here.stream("ann", reluctant=True) as stream:
            stream.pause()
            big = Notification(heading="big", content="x" * 4000)
            for _ in range(1000):
                await here.tidings.push("ann", big.model_copy(update={"id": f"n{_}"}))
                if here.counters.ended["slow"]:
                    break
        assert (await front(here, "http"))["slow"] == 1


async def test_recent_events_come_newest_first_each_once_without_data(here: Site) -> None:
    async with here.stream("ann") as stream:
        await here.tidings.push("ann", Notification(id="n1", heading="secret"))
        await here.tidings.push("bob", Notification(id="n2", heading="secret"))
        await here.tidings.publish("news", "headline", {"text": "secret"})
        await stream.next()
        answer = await here.get("/console/state", "ops")

    events = answer.json()["events"]
    assert [(each["name"], each["channel"], each["offset"]) for each in events] == [
        ("headline", "news", None),
        ("tidings:notification", "private-user-bob", 1),
        ("tidings:notification", "private-user-ann", 1),
    ]
    assert [each["id"] for each in events[1:]] == ["n2", "n1"]
    assert not answer.json()["shows_data"]
    assert "secret" not in answer.text


async def test_their_data_is_shown_where_that_is_allowed_but_not_all_of_it(opened: Open) -> None:
    async with opened(console_data=True) as here:
        await here.tidings.publish("news", "headline", {"text": "Rain"})
        await here.tidings.publish("news", "long", "x" * 10_000)
        found = await state(here)

    long, headline = found["events"]
    assert headline["data"] == '{"text":"Rain"}'
    assert (len(long["data"]), long["bytes"]) == (4096, 10_002)
    assert found["shows_data"]


async def test_of_many_events_the_newest_are_kept(here: Site) -> None:
    await here.push(*range(60))
    found = await state(here)

    assert len(found["events"]) == 50
    assert [each["offset"] for each in found["events"]] == list(range(60, 10, -1))
    assert found["accepted"] == 60


async def test_a_transport_tells_what_it_carried_gave_up_and_still_tries(opened: Open) -> None:
    far = Far()
    async with opened(far) as here:
        await (await here.tidings.publish("news", "carried")).outcomes()
        far.error = Undeliverable("the far side's secret")
        await (await here.tidings.publish("news", "given up")).outcomes()
        far.error = ConnectionError("the far side's secret")
        await (await here.tidings.publish("news", "tried")).outcomes()
        answer = await here.get("/console/state", "ops")
        far.error = None

    transports = {each["name"]: each for each in answer.json()["transports"]}
    told = transports["far"]
    assert (told["role"], told["carried"], told["given_up"], told["waiting"]) == (
        "carrier",
        1,
        1,
        1,
    )
    assert told["error"].startswith("ConnectionError at test_state.py:")
    assert "secret" not in answer.text
    assert transports["memory"]["error"] is None


async def test_whoever_is_cut_off_is_gone_and_comes_back_only_with_a_new_token(here: Site) -> None:
    headers = here.bearer("ann")
    async with socket(here, "ann") as client, here.stream("ann") as stream:
        answer = await here.post("/console/disconnect", "ops", json={"user": "ann", "revoke": True})
        assert answer.status_code == 200
        await client.wait_closed()
        assert await stream.ended() == "revoked"

    assert (await here.get("/inbox", headers=headers)).status_code == 401


def test_a_websocket_front_can_be_counted() -> None:
    front: Counted = WebSocketFront()
    assert isinstance(front, Counted)
