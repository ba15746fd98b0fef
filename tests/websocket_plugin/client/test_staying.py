"""Staying connected: nothing is lost, and nothing twice, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from logic.following import first, ids, note, take
from served import Served
from tidings import Event, InvalidToken, Member, Reloaded, StoreError, Tidings, TransportError
from tidings.presence import MEMBER_REMOVED
from tidings_memory import MemoryBroker, MemoryStore
from tidings_websocket import WebSocketClient
from websocket_plugin.client.coming_back import another_connection, cut

PRESENCE = "presence-room"


@pytest.fixture
async def store() -> MemoryStore:
    """A store that outlives its server."""
    return MemoryStore()


@pytest.fixture
async def server(store: MemoryStore) -> AsyncIterator[Served]:
    async with Served(MemoryBroker(), store) as server:
        yield server


async def test_a_device_goes_on_after_the_server_was_started_anew(store: MemoryStore) -> None:
    async with AsyncExitStack() as stack:
        async with Served(MemoryBroker(), store) as server:
            client = WebSocketClient(server.url, server.admin())
            tidings = await stack.enter_async_context(Tidings(client))
            changes = await stack.enter_async_context(tidings.inbox("ann").changes())
            await tidings.push("ann", note("before"))
            assert ids(await take(changes)) == ["before"]
        async with Tidings(MemoryBroker(), store) as meanwhile:
            await meanwhile.push("ann", note("meanwhile"))

        async with Served(MemoryBroker(), store, port=server.port):
            assert ids(await take(changes)) == ["meanwhile"]
            await tidings.push("ann", note("after"))
            assert ids(await take(changes)) == ["after"]
            await stack.aclose()


async def test_what_had_no_answer_is_asked_again_and_stored_once(server: Served) -> None:
    names = [f"n{number}" for number in range(900)]
    async with (
        Tidings(WebSocketClient(server.url, server.admin())) as tidings,
        Tidings(WebSocketClient(server.url, server.admin())) as onlooker,
        onlooker.inbox("ann").changes() as changes,
    ):
        pushing = asyncio.gather(*(tidings.push("ann", note(name)) for name in names))
        for _ in range(3):
            await take(changes, 200)
            server.cut()
        receipts = await pushing

        assert [receipt.positions["ann"].offset for receipt in receipts] == list(range(1, 901))
        assert ids((await tidings.inbox("ann").page(900)).entries) == names[::-1]
        assert ids(await take(changes, 300)) == names[600:]


async def test_a_batch_outlasts_a_restart_in_its_middle(store: MemoryStore) -> None:
    names = [f"n{number}" for number in range(300)]
    async with AsyncExitStack() as stack:
        async with Served(MemoryBroker(), store) as server:
            client = WebSocketClient(server.url, server.admin())
            tidings = await stack.enter_async_context(Tidings(client))
            changes = await stack.enter_async_context(tidings.inbox("ann").changes())
            pushing = asyncio.gather(*(tidings.push("ann", note(name)) for name in names))
            await take(changes, 20)
        async with Served(MemoryBroker(), store, port=server.port):
            receipts = await pushing
            assert [receipt.positions["ann"].offset for receipt in receipts] == list(range(1, 301))
            assert ids(await take(changes, 280)) == names[20:]
            await stack.aclose()


async def test_listeners_of_channels_without_a_log_hear_again(server: Served) -> None:
    client = WebSocketClient(server.url, server.admin())
    async with Tidings(client) as tidings, tidings.subscribe("news") as news:
        async with another_connection(client):
            cut(client)

        async def publish() -> None:
            while True:
                await (await tidings.publish("news", "said")).outcomes()

        publishing = asyncio.create_task(publish())
        (heard,) = await take(news)
        publishing.cancel()
        await asyncio.wait([publishing])
        assert isinstance(heard, Event)


async def test_history_that_the_server_lost_is_told_at_once(server: Served) -> None:
    async with (
        Tidings(WebSocketClient(server.url, server.admin())) as tidings,
        Tidings(WebSocketClient(server.url, server.admin())) as other,
        tidings.inbox("ann").changes() as changes,
    ):
        await other.push("ann", note("n"))
        await take(changes)
        await other.forget("ann")
        (reloaded,) = await take(changes)

        assert isinstance(reloaded, Reloaded)
        assert (reloaded.reason, list(reloaded.page.entries)) == ("new epoch", [])


async def test_what_is_listened_to_no_more_is_not_sent_any_more(server: Served) -> None:
    async with Tidings(WebSocketClient(server.url, server.admin())) as tidings:
        before = server.subscriptions
        async with tidings.subscribe("news"), tidings.subscribe("ann"):
            assert server.subscriptions == before + 2
        await tidings.inbox("ann").counts()  # requests are carried out in order
        assert server.subscriptions == before


async def test_what_is_too_large_for_a_side_is_told_and_not_tried_for_ever() -> None:
    large = note("n", content="x" * 4000)
    async with (
        Served(message=3000) as server,
        Tidings(WebSocketClient(server.url, server.admin(), message=3000)) as tidings,
    ):
        with pytest.raises(StoreError, match="was too large, or its answer: 1009"):
            await tidings.push("ann", large)
        await tidings.push("ann", note("small"))
        for number in range(20):
            await tidings.push("ann", note(f"n{number}"))
        with pytest.raises(TransportError, match="was too large, or its answer: 1009"):
            await tidings.inbox("ann").page()
        assert ids((await tidings.inbox("ann").page(1)).entries) == ["n19"]


async def test_who_is_present_stays_so_over_a_lost_connection(server: Served) -> None:
    client = WebSocketClient(server.url, server.admin())
    async with (
        Tidings(client) as tidings,
        Tidings(WebSocketClient(server.url, server.admin())) as other,
        other.subscribe(PRESENCE) as events,
        tidings.presence.enter(PRESENCE, Member("ann", {"n": 1})),
    ):
        async with another_connection(client):
            cut(client)
        assert list(await tidings.presence.members(PRESENCE)) == [Member("ann", {"n": 1})]
        async with tidings.presence.enter(PRESENCE, Member("bob")):
            pass
        removed = await first(events, lambda e: getattr(e, "name", "") == MEMBER_REMOVED)
        assert isinstance(removed, Event)
        assert json.loads(removed.data) == {"user": "bob"}


async def test_a_server_that_is_away_for_long_is_told_of(store: MemoryStore) -> None:
    async with AsyncExitStack() as stack:
        async with Served(MemoryBroker(), store) as server:
            client = WebSocketClient(server.url, server.admin(), timeout=0.3)
            tidings = await stack.enter_async_context(Tidings(client))
        with pytest.raises(StoreError, match="may be stored or not, and trying again is safe"):
            await tidings.push("ann", note("n"))
        with pytest.raises(TransportError, match=r"no answer from ws://.* within 0\.3 s"):
            await tidings.inbox("ann").counts()
        with pytest.raises(TransportError, match="no connection to ws://"):
            await stack.enter_async_context(tidings.subscribe("news"))
        outcomes = await (await tidings.publish("news", "said")).outcomes()
        assert outcomes["websocket-client"].state == "retrying"

        async with Served(MemoryBroker(), store, port=server.port):
            await client._remote.asking._coming
            await tidings.push("ann", note("n"))
            await stack.aclose()


async def test_a_revoked_token_is_the_end_of_it(server: Served) -> None:
    client = WebSocketClient(server.url, server.tokens.issue("ann"))
    async with (
        Tidings(WebSocketClient(server.url, server.admin())) as ops,
        Tidings(client) as tidings,
    ):
        await ops.disconnect("ann", revoke=True)

        assert isinstance(await client.refused(), InvalidToken)
        with pytest.raises(InvalidToken, match="revoked"):
            await tidings.inbox("ann").counts()


async def test_whoever_can_get_a_new_token_comes_back_after_a_revocation(server: Served) -> None:
    token = server.tokens.issue("ann")

    async def get() -> str:
        return token

    client = WebSocketClient(server.url, get)
    async with (
        Tidings(WebSocketClient(server.url, server.admin())) as ops,
        Tidings(client) as tidings,
    ):
        await ops.disconnect("ann", revoke=True)
        while True:
            try:
                await tidings.inbox("ann").counts()
            except InvalidToken:
                break
        token = server.tokens.issue("ann")
        await client._remote.asking._coming
        assert (await tidings.inbox("ann").counts()).pending == 0


async def test_a_node_checks_its_clients_tokens_by_what_the_server_revoked(server: Served) -> None:
    client = WebSocketClient(server.url, server.admin())
    async with Tidings(client, tokens=server.tokens) as node:
        token = server.tokens.issue("ann")
        assert (await node.admit(token)).user == "ann"
        await node.disconnect("ann", revoke=True)
        with pytest.raises(InvalidToken, match="revoked"):
            await node.admit(token)


async def test_cut_off_without_being_revoked_one_may_come_back(server: Served) -> None:
    client = WebSocketClient(server.url, server.tokens.issue("ann"))
    async with (
        Tidings(WebSocketClient(server.url, server.admin())) as ops,
        Tidings(client) as tidings,
    ):
        async with another_connection(client):
            await ops.disconnect("ann")
        assert (await tidings.inbox("ann").counts()).pending == 0
