"""What an application pushes through Pusher is what pusher-js shows, sealed or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

import pytest

from node_process import Line, NodeError
from pusher_plugin.clients.page import Answerer, Build, Page
from pusher_plugin.hosted_api import KEY, SECRET, HostedApi, hosted_api
from pusher_plugin.hosted_socket import HostedSocket, hosted_socket
from tidings import Counts, Event, Grant, Identity, Position, Tidings
from tidings_pusher import PusherAccess, PusherTransport

MASTER_KEY = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="
ANN = "private-user-ann"
SEALED = "private-encrypted-room"


@pytest.fixture
def api() -> Iterator[HostedApi]:
    with hosted_api() as server:
        yield server


@pytest.fixture
async def hosted() -> AsyncIterator[HostedSocket]:
    async with hosted_socket() as server:
        yield server


def signing(key: str = MASTER_KEY) -> Answerer:
    access = PusherAccess(KEY, SECRET, encryption_master_key_base64=key)

    async def answer(asked: Line) -> Mapping[str, str]:
        channel = asked["channelName"]
        return access.sign_channel(Grant(), Identity("ann"), asked["socketId"], channel)

    return answer


async def carry(transport: PusherTransport, api: HostedApi, hosted: HostedSocket, e: Event) -> str:
    """Push an event, and have it heard as Pusher would; return its data on the wire."""
    async with transport.connect(tidings=Tidings(transport)):
        await transport.push(events=[e])
    taken = api.events[-1]
    await hosted.send(taken["channel"], taken["name"], taken["data"])
    return str(taken["data"])


async def test_pusher_js_shows_what_was_pushed_and_where_it_stands(
    page: Page, api: HostedApi, hosted: HostedSocket
) -> None:
    client = await page.pusher(KEY, hosted.port, ask=signing())
    await client.joined(ANN)
    event = Event(ANN, "said", '{"text": "é"}'.encode(), "id-7", Position("e", 7), Counts(2, 1))
    await carry(api.transport(), api, hosted, event)
    heard = await client.event("said", ANN)
    counts = {"pending": 2, "unseen": 1}
    about = {"id": "id-7", "epoch": "e", "offset": 7, "counts": counts}
    assert heard.data == {"text": "é", "_tidings": about}


@pytest.mark.parametrize("build", ["node", "worker-with-encryption"])
async def test_sealed_events_are_opened_by_pusher_js_alone(
    page: Page, api: HostedApi, hosted: HostedSocket, build: Build
) -> None:
    client = await page.pusher(KEY, hosted.port, build=build, ask=signing())
    await client.joined(SEALED)
    sealing = api.transport(encryption_master_key_base64=MASTER_KEY)
    wire = await carry(sealing, api, hosted, Event(SEALED, "said", b'{"text":"hush"}', "id-1"))
    assert "hush" not in wire
    assert (await client.event("said", SEALED)).data == {"text": "hush"}


async def test_a_client_whose_key_was_renewed_asks_for_it(
    page: Page, api: HostedApi, hosted: HostedSocket
) -> None:
    keys = ["A" * 43 + "=", MASTER_KEY]

    async def renewing(asked: Line) -> Mapping[str, str]:
        return await signing(keys.pop(0))(asked)

    client = await page.pusher(KEY, hosted.port, ask=renewing)
    await client.joined(SEALED)
    sealing = api.transport(encryption_master_key_base64=MASTER_KEY)
    await carry(sealing, api, hosted, Event(SEALED, "said", b'{"text":"hush"}', "id-1"))
    assert (await client.event("said", SEALED)).data == {"text": "hush"}
    assert not keys


async def test_a_build_without_encryption_says_that_it_needs_it(
    page: Page, hosted: HostedSocket
) -> None:
    client = await page.pusher(KEY, hosted.port, build="worker", ask=signing())
    with pytest.raises(NodeError, match="nacl"):
        await client.subscribe(SEALED)


async def test_a_client_that_is_not_signed_is_told_by_its_own_page(
    page: Page, hosted: HostedSocket
) -> None:
    async def refuse(asked: Line) -> Mapping[str, str]:
        raise PermissionError(f"{asked['channelName']} is not yours")

    client = await page.pusher(KEY, hosted.port, ask=refuse)
    await client.subscribe(ANN)
    heard = await client.event("pusher:subscription_error", ANN)
    assert heard.data["type"] == "AuthError"
    assert heard.data["error"] == f"{ANN} is not yours"
