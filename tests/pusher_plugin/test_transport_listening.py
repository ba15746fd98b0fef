"""A process hears through Pusher: signed for each connection anew, whole, and until it leaves."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from pusher_plugin.hosted_socket import KEY, SECRET, HostedSocket, hosted_socket
from tidings import Counts, Event, Position, Tidings, TransportError
from tidings_pusher import PusherTransport
from tidings_pusher.signing import sign
from tidings_pusher.wire_data import carried

ANN = "private-user-ann"


@pytest.fixture
async def hosted() -> AsyncIterator[HostedSocket]:
    async with hosted_socket() as server:
        yield server


@asynccontextmanager
async def connected(transport: PusherTransport) -> AsyncIterator[PusherTransport]:
    async with transport.connect(tidings=Tidings(transport)):
        yield transport


def logged(offset: int, data: bytes = b'{"a":1}') -> Event:
    return Event(ANN, "said", data, f"id-{offset}", Position("epoch", offset), Counts(2, 1))


async def send(hosted: HostedSocket, event: Event) -> None:
    await hosted.send(event.channel, event.name, carried(event))


async def listen_until_lost(transport: PusherTransport, hosted: HostedSocket) -> None:
    async with transport.subscribe(channel=ANN, deliver=print):
        hosted.drop()
        await asyncio.Event().wait()


async def test_events_come_through_whole_on_the_loop(hosted: HostedSocket) -> None:
    heard: asyncio.Queue[tuple[Event, int]] = asyncio.Queue()
    async with connected(hosted.transport()) as transport:
        hear = transport.subscribe(
            channel=ANN, deliver=lambda event: heard.put_nowait((event, threading.get_ident()))
        )
        async with hear:
            await send(hosted, logged(7, '{"a": "é"}'.encode()))
            event, thread = await heard.get()
    assert event == logged(7, '{"a": "é"}'.encode())
    assert thread == threading.get_ident()


async def test_channels_of_all_kinds_share_one_connection(hosted: HostedSocket) -> None:
    names = ["lobby", ANN, "presence-room", "cache-news"]
    heard: asyncio.Queue[Event] = asyncio.Queue()
    async with connected(hosted.transport()) as transport, asyncio.TaskGroup() as group:
        ready = asyncio.Barrier(len(names) + 1)

        async def listen(name: str) -> None:
            async with transport.subscribe(channel=name, deliver=heard.put_nowait):
                await ready.wait()
                await ready.wait()

        for name in names:
            group.create_task(listen(name))
        await ready.wait()
        for name in names:
            await hosted.send(name, "said", '"hi"')
        assert {(await heard.get()).channel for _ in names} == set(names)
        await ready.wait()
    assert len(hosted.welcomed) == 1


async def test_what_only_says_there_is_more_is_left_to_the_log(hosted: HostedSocket) -> None:
    heard: asyncio.Queue[Event] = asyncio.Queue()
    async with (
        connected(hosted.transport()) as transport,
        transport.subscribe(channel=ANN, deliver=heard.put_nowait),
    ):
        stub = '{"_tidings":{"id":"id-1","epoch":"epoch","offset":1,"stub":true}}'
        await hosted.send(ANN, "said", stub)
        await hosted.send(ANN, "pusher_internal:member_added", "{}")
        await send(hosted, logged(2))
        assert await heard.get() == logged(2)


async def test_no_client_can_make_up_a_position(hosted: HostedSocket) -> None:
    heard: asyncio.Queue[Event] = asyncio.Queue()
    async with (
        connected(hosted.transport()) as transport,
        transport.subscribe(channel=ANN, deliver=heard.put_nowait),
    ):
        forged = '{"_tidings":{"id":"id-2","epoch":"epoch","offset":2}}'
        await hosted.send(ANN, "client-typing", forged)
        await hosted.send(ANN, "client-typing", '{"on":true}')
        assert (await heard.get()).data == b'{"on":true}'


async def test_once_left_nothing_more_is_heard_and_entered_anew_it_is(
    hosted: HostedSocket,
) -> None:
    first: asyncio.Queue[Event] = asyncio.Queue()
    second: asyncio.Queue[Event] = asyncio.Queue()
    async with connected(hosted.transport()) as transport:
        async with transport.subscribe(channel=ANN, deliver=first.put_nowait):
            pass
        async with transport.subscribe(channel=ANN, deliver=second.put_nowait):
            await send(hosted, logged(1))
            assert await second.get() == logged(1)
    assert first.empty()
    assert len(hosted.welcomed) == 1


async def test_a_lost_connection_is_told_and_the_next_is_signed_anew(
    hosted: HostedSocket,
) -> None:
    heard: asyncio.Queue[Event] = asyncio.Queue()
    async with connected(hosted.transport()) as transport:
        with pytest.raises(TransportError, match="was lost"):
            await listen_until_lost(transport, hosted)
        async with transport.subscribe(channel=ANN, deliver=heard.put_nowait):
            await send(hosted, logged(1))
            assert await heard.get() == logged(1)
    assert hosted.joined == [(socket_id, ANN) for socket_id in hosted.welcomed]
    assert len(hosted.welcomed) == 2


async def test_an_application_hears_again_after_the_connection_was_lost(
    hosted: HostedSocket,
) -> None:
    async with (
        Tidings(hosted.transport(listen=True)) as tidings,
        tidings.subscribe("private-team") as team,
    ):
        await hosted.was_joined("private-team", 1)
        hosted.drop()
        await hosted.was_joined("private-team", 2)
        await hosted.send("private-team", "said", '"back"')
        event = await anext(aiter(team))
    assert isinstance(event, Event)
    assert event.data == b'"back"'


async def test_a_process_without_the_secret_asks_an_authorizer_each_time(
    hosted: HostedSocket,
) -> None:
    asked: list[str] = []

    async def authorizer(socket_id: str, channel: str) -> dict[str, str]:
        asked.append(socket_id)
        return {"auth": f"{KEY}:{sign(SECRET, f'{socket_id}:{channel}')}"}

    async with connected(hosted.transport(secret=None, authorizer=authorizer)) as transport:
        for _ in range(2):
            with pytest.raises(TransportError, match="was lost"):
                await listen_until_lost(transport, hosted)
    assert asked == hosted.welcomed == ["1.7", "2.8"]


async def test_a_wrong_signature_is_told_and_never_shown(
    hosted: HostedSocket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(hosted.transport(secret="hush-hush")) as transport:
        with pytest.raises(TransportError, match="refuses the signature") as caught:
            async with transport.subscribe(channel=ANN, deliver=print):
                pass
    wrong = sign("hush-hush", f"1.7:{ANN}")
    for secret in ("hush-hush", wrong, "HMAC"):
        assert secret not in str(caught.value) + caplog.text


async def test_an_authorizer_that_fails_is_told_without_its_words(hosted: HostedSocket) -> None:
    def authorizer(socket_id: str, channel: str) -> dict[str, str]:
        raise ValueError(f"hush-hush {socket_id} {channel}")

    async with connected(hosted.transport(authorizer=authorizer)) as transport:
        with pytest.raises(TransportError, match="failed: ValueError") as caught:
            async with transport.subscribe(channel=ANN, deliver=print):
                pass
    assert "hush" not in str(caught.value)


async def test_a_refused_connection_is_told_with_its_code(hosted: HostedSocket) -> None:
    hosted.refuses = 4001
    async with connected(hosted.transport()) as transport:
        with pytest.raises(TransportError, match="error 4001"):
            async with transport.subscribe(channel=ANN, deliver=print):
                pass


async def test_closing_leaves_no_thread_behind(hosted: HostedSocket) -> None:
    before = set(threading.enumerate())
    async with (
        connected(hosted.transport()) as transport,
        transport.subscribe(channel=ANN, deliver=print),
    ):
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) <= before
