"""A wire language of one's own: an object for each connection, ids, names, rights it has proven."""

from __future__ import annotations

import json
from asyncio import run_coroutine_threadsafe, wrap_future
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from fronts import KEY
from served import Served
from tidings import Member
from tidings_memory import MemoryBroker, MemoryStore
from tidings_websocket import Dialect, PlainDialect, Refused
from tidings_websocket.commands import Proven, Request, Subscribe
from tidings_websocket.opening import Opening

ROOM = "presence-room"


class Radio(PlainDialect):
    """As the plain dialect, but each listener has a licence, and calls every channel a station."""

    name = "radio"
    proves = False

    def __init__(self, licence: str = "") -> None:
        super().__init__("/radio", anonymous=True)
        self._licence = licence
        self._numbers = count(1)

    def connection_id(self) -> str:
        return f"set-{next(self._numbers)}"

    def converse(self, opening: Opening, connection: str, say: Callable[[bytes], None]) -> Dialect:
        if not opening.query:
            raise Refused(b'{"event":"no licence"}', 4009, "no licence")
        return Radio(opening.query)

    def read(self, text: str, connection: str) -> Request:
        said = json.loads(text)
        proven = Proven(Member(self._licence), members=1)
        return Request(said["id"], Subscribe(ROOM, None, said["station"], proven))


async def hear(url: str, *stations: str) -> list[dict[str, Any]]:
    """Subscribe to stations; return the welcome and the answers."""
    async with connect(url) as socket:
        frames = [await socket.recv()]
        for number, station in enumerate(stations):
            await socket.send(json.dumps({"id": number, "station": station}))
            frames.append(await socket.recv())
        return [json.loads(frame) for frame in frames]


async def test_it_may_refuse_a_connection_with_a_frame_and_a_code_of_its_own() -> None:
    async with (
        Served(MemoryBroker(), MemoryStore(), dialects=[Radio()]) as served,
        connect(f"ws://127.0.0.1:{served.port}/radio") as socket,
    ):
        assert json.loads(await socket.recv()) == {"event": "no licence"}
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert (closed.value.rcvd and closed.value.rcvd.code) == 4009


async def test_it_names_connections() -> None:
    async with Served(MemoryBroker(), MemoryStore(), dialects=[Radio()]) as served:
        (welcome,) = await hear(f"ws://127.0.0.1:{served.port}/radio?ann")
    assert welcome["data"]["connection"] == "set-1"


async def test_a_channel_comes_under_each_name_that_the_client_has_for_it() -> None:
    async with (
        Served(MemoryBroker(), MemoryStore(), dialects=[Radio()]) as served,
        connect(f"ws://127.0.0.1:{served.port}/radio?ann") as socket,
    ):
        await socket.recv()
        for station in ("jazz", "news"):
            await socket.send(json.dumps({"id": station, "station": station}))
            await socket.recv()
        assert served._loop is not None
        publishing = served.tidings.publish(ROOM, "song", 1)
        await wrap_future(run_coroutine_threadsafe(publishing, served._loop))
        heard = [json.loads(await socket.recv()) for _ in range(2)]
    assert {frame["channel"] for frame in heard} == {"jazz", "news"}


async def test_what_the_wire_proved_asks_no_policy_but_keeps_to_how_many_may_come() -> None:
    async with Served(MemoryBroker(), MemoryStore(), dialects=[Radio()]) as served:
        url = f"ws://127.0.0.1:{served.port}/radio"
        async with connect(url + "?ann") as socket:
            await socket.recv()
            await socket.send(json.dumps({"id": 1, "station": "jazz"}))
            assert "error" not in json.loads(await socket.recv())
            _, refused = await hear(url + "?bob", "jazz")
    assert "at most 1 users" in json.dumps(refused)
    assert KEY not in json.dumps(refused)
