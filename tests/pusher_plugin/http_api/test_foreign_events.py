"""Events of another Tidings application, which publishes here as to any Pusher app."""

from __future__ import annotations

import json

import pytest

from pusher_plugin.http_api.own_server import SHOP, OwnServer, own_server
from tidings import Notification, Tidings
from tidings_memory import MemoryBroker, MemoryStore
from tidings_pusher import PusherTransport

ABOUT = '"_tidings":{"id":"id-1","epoch":"e","offset":7}'


async def test_its_notifications_reach_this_ones_clients_as_they_are() -> None:
    async with own_server(SHOP, plugins=(MemoryBroker(),)) as here:
        transport = PusherTransport(
            app_id=SHOP.id,
            key=SHOP.key,
            secret=SHOP.secret,
            host="127.0.0.1",
            port=here.http.base_url.port,
            ssl=False,
        )
        async with (
            here.listener("private-user-ann") as ann,
            Tidings(MemoryStore(), transport) as there,
        ):
            receipt = await there.push("ann", Notification(heading="Built"))
            heard = await ann.next()
        assert heard["event"] == "tidings:notification"
        data = json.loads(heard["data"])
        assert data["heading"] == "Built"
        assert data["_tidings"]["offset"] == receipt.positions["ann"].offset


async def test_its_events_are_refused_where_the_channel_has_a_log_here(server: OwnServer) -> None:
    body = {"name": "tidings:opened", "data": "{}"}
    for channel in ("private-user-ann", "#server-to-user-ann"):
        answer = await server.trigger({**body, "channel": channel})
        assert answer.status_code == 400
        assert "two positions" in answer.json()["error"]
    assert (await server.trigger({**body, "channel": "private-x"})).status_code == 200


async def test_nobody_makes_up_who_is_present(server: OwnServer) -> None:
    for name in ("tidings:member_added", "tidings:member_removed", "tidings:x"):
        answer = await server.trigger({"name": name, "channel": "presence-x", "data": "{}"})
        assert answer.status_code == 400


async def test_an_event_that_is_sent_again_is_heard_once(server: OwnServer) -> None:
    body = {"name": "said", "channel": "news", "data": '{"a":1,' + ABOUT + "}"}
    async with server.listener("news") as ann:
        for _ in range(2):
            assert (await server.trigger(body)).status_code == 200
        assert (await ann.next())["data"] == body["data"]
        await ann.nothing_more()


@pytest.mark.parametrize(
    "about",
    [
        '"_tidings":1',
        '"_tidings":{}',
        '"_tidings":{"id":5}',
        '"_tidings":{"id":"a;ann"}',
        '"_tidings":{"id":""}',
        '"_tidings":[{}',
        '"_tidings":{"id":"\\ud800"}',
    ],
)
async def test_data_that_only_looks_like_it_is_as_any_other(server: OwnServer, about: str) -> None:
    body = {"name": "said", "channel": "news", "data": "{" + about + "}"}
    async with server.listener("news") as ann:
        for _ in range(2):
            assert (await server.trigger(body)).status_code == 200
            assert (await ann.next())["data"] == body["data"]


async def test_the_same_id_with_other_content_is_a_conflict(server: OwnServer) -> None:
    body = {"name": "said", "channel": "private-user-ann"}
    first = await server.trigger({**body, "data": '{"a":1,' + ABOUT + "}"})
    second = await server.trigger({**body, "data": '{"a":2,' + ABOUT + "}"})
    assert (first.status_code, second.status_code) == (200, 409)


async def test_nobody_makes_up_who_sent_a_clients_event(server: OwnServer) -> None:
    data = '{"_tidings":{"id":"id;mallory"}}'
    async with server.listener() as ann:
        await ann.hear("presence-x", "ann")
        body = {"name": "client-said", "channel": "presence-x", "data": data, "socket_id": "1.2"}
        assert (await server.trigger(body)).status_code == 200
        assert "user_id" not in await ann.next()
