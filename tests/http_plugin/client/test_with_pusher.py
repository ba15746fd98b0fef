"""Live events from Pusher, history from the backend: a process without secret and database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from http_plugin.client.backend import backend, inbox_at
from logic.following import first, ids, note, push_all, take
from pusher_plugin.own_server import APP_ID, KEY, SECRET, own_server, transport_to
from served import Served
from tidings import Changed, Counts, Event, Grant, Identity, Options, Tidings, user_channel
from tidings_memory import MemoryStore
from tidings_pusher import PusherAccess, PusherTransport

NEVER = Options(head_beat=3600, straggler=0.001)
"""Nothing comes because somebody looks: only because it was told."""


@pytest.fixture
async def pusher() -> AsyncIterator[Served]:
    async with own_server() as pusher:
        yield pusher


@pytest.fixture
async def server(pusher: Served) -> AsyncIterator[Served]:
    async with backend(MemoryStore(), transport_to(pusher)) as server:
        yield server


@pytest.fixture
async def ops(server: Served) -> AsyncIterator[Tidings]:
    async with Tidings(inbox_at(server), options=NEVER) as ops:
        yield ops


def anns(server: Served, pusher: Served) -> Tidings:
    """Make a process of ann's, as an application of hers would be."""

    def signed(socket_id: str, channel: str) -> Mapping[str, str]:  # by some endpoint
        return PusherAccess(KEY, SECRET).sign_channel(Grant(), Identity("ann"), socket_id, channel)

    transport = PusherTransport(
        app_id=APP_ID, key=KEY, host="127.0.0.1", port=pusher.port, ssl=False, authorizer=signed
    )
    return Tidings(transport, inbox_at(server, "ann"), options=NEVER)


async def test_what_comes_is_heard_from_pusher_and_what_was_is_read_from_the_backend(
    server: Served, pusher: Served, ops: Tidings
) -> None:
    await push_all(ops, "ann", "a")

    async with anns(server, pusher) as tidings, tidings.inbox("ann").changes() as changes:
        assert ids((await tidings.inbox("ann")).entries) == ["a"]
        await push_all(ops, "ann", "b")
        assert ids(await take(changes)) == ["b"]

    assert (await ops.inbox("ann")).counts == Counts(2, 2)


async def test_what_is_opened_on_one_device_is_opened_on_the_other(
    server: Served, pusher: Served, ops: Tidings
) -> None:
    await push_all(ops, "ann", "ab")

    async with (
        anns(server, pusher) as phone,
        anns(server, pusher) as desktop,
        phone.inbox("ann").changes() as here,
        desktop.inbox("ann").changes() as there,
    ):
        await phone.inbox("ann").open("a")
        for changes in (here, there):
            (update,) = await take(changes)
            assert isinstance(update, Changed)
            assert update.counts == Counts(1, 1)


async def test_what_came_while_pusher_was_lost_is_read_from_the_backend(
    server: Served, pusher: Served, ops: Tidings
) -> None:
    names = [f"n{number}" for number in range(20)]
    async with anns(server, pusher) as tidings, tidings.inbox("ann").changes() as changes:
        await push_all(ops, "ann", ["before"])
        await take(changes)
        pusher.cut()
        await push_all(ops, "ann", names)

        assert ids(await take(changes, 20)) == names


async def test_who_comes_back_later_has_what_pusher_never_kept(
    server: Served, pusher: Served, ops: Tidings
) -> None:
    async with anns(server, pusher) as tidings:
        position = (await tidings.inbox("ann")).position
    await push_all(ops, "ann", "abc")

    async with anns(server, pusher) as tidings:
        channel = user_channel("ann")
        async with tidings.subscribe(channel, after=position) as events:
            assert ids(await take(events, 3)) == ["a", "b", "c"]
            await ops.push("ann", note("d"))
            last = await first(events, lambda event: isinstance(event, Event))

    assert ids([last]) == ["d"]
