"""What is pushed reaches Pusher's HTTP API, and what it refuses is told so."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from pusher_plugin.hosted_api import KEY, SECRET, HostedApi, hosted_api
from tidings import (
    Counts,
    Event,
    Notification,
    Options,
    Position,
    Tidings,
    TransportError,
    Undeliverable,
)
from tidings_pusher import PusherTransport
from tidings_pusher.wire_data import heard

WHOLE = 10_240


@pytest.fixture
def api() -> Iterator[HostedApi]:
    with hosted_api() as server:
        yield server


@asynccontextmanager
async def connected(transport: PusherTransport) -> AsyncIterator[PusherTransport]:
    async with transport.connect(tidings=Tidings(transport)):
        yield transport


def said(number: int = 1, data: bytes = b'{"a":1}', *, logged: bool = False) -> Event:
    position = Position("epoch", number) if logged else None
    counts = Counts(2, 1) if logged else None
    return Event("private-user-ann", "said", data, f"id-{number}", position, counts)


async def test_events_are_taken_in_order_ten_at_a_time_over_one_connection(api: HostedApi) -> None:
    async with connected(api.transport()) as transport:
        await transport.push([said(number, b"%d" % number) for number in range(25)])
    assert [len(batch) for batch in api.batches] == [10, 10, 5]
    assert [event["data"] for event in api.events] == [str(number) for number in range(25)]
    assert api.events[0]["channel"] == "private-user-ann"
    assert api.events[0]["name"] == "said"
    assert len(set(api.connections)) == 1


async def test_position_and_counts_ride_in_the_data(api: HostedApi) -> None:
    event = said(logged=True)
    async with connected(api.transport()) as transport:
        await transport.push([event])
    (sent,) = api.events
    assert heard(sent["channel"], sent["name"], sent["data"], "other") == event


async def test_a_notification_reaches_pusher_through_the_application(api: HostedApi) -> None:
    async with Tidings(api.transport()) as tidings:
        await tidings.push("ann", Notification(heading="Built"))
    assert json.loads(api.events[0]["data"])["heading"] == "Built"


async def test_an_outage_delays_and_loses_nothing(api: HostedApi) -> None:
    api.statuses = [503, 429]
    async with Tidings(api.transport(), options=Options(retry_for=30)) as tidings:
        await tidings.push("ann", Notification(heading="Built"))
    assert [json.loads(event["data"])["heading"] for event in api.events] == ["Built"]


async def test_a_logged_event_too_large_is_a_stub_that_says_where_it_is(api: HostedApi) -> None:
    large = said(7, b'{"a":"' + b"x" * WHOLE + b'"}', logged=True)
    async with connected(api.transport()) as transport:
        await transport.push([large])
    counts = {"pending": 2, "unseen": 1}
    about = {"id": "id-7", "epoch": "epoch", "offset": 7, "counts": counts, "stub": True}
    assert api.events[0]["name"] == "said"
    assert json.loads(api.events[0]["data"]) == {"_tidings": about}


async def test_the_largest_event_is_sent_whole_and_its_bytes_are_counted(api: HostedApi) -> None:
    fits = '"' + "é" * ((WHOLE - 2) // 2) + '"'
    async with connected(api.transport()) as transport:
        await transport.push([said(data=fits.encode())])
        with pytest.raises(Undeliverable, match="Pusher takes 10,240"):
            await transport.push([said(data=(fits[:-1] + 'x"').encode())])
    assert [event["data"] for event in api.events] == [fits]


async def test_nothing_of_a_push_is_sent_where_one_event_can_never_be(api: HostedApi) -> None:
    async with connected(api.transport()) as transport:
        with pytest.raises(Undeliverable, match="needs an object"):
            await transport.push(
                [said(), *(said(n) for n in range(20)), said(2, b"1", logged=True)]
            )
    assert api.events == []


@pytest.mark.parametrize("status", [400, 413])
async def test_what_no_retry_can_help_is_undeliverable(api: HostedApi, status: int) -> None:
    api.statuses = [status]
    async with connected(api.transport()) as transport:
        with pytest.raises(Undeliverable, match=str(status)):
            await transport.push([said()])


@pytest.mark.parametrize("status", [302, 401, 403, 429, 500, 503])
async def test_what_may_pass_is_tried_again(api: HostedApi, status: int) -> None:
    api.statuses = [status]
    async with connected(api.transport()) as transport:
        with pytest.raises(TransportError, match=str(status)):
            await transport.push([said()])
        await transport.push([said()])
    assert len(api.events) == 1


async def test_a_server_that_is_not_there_is_told_without_the_url() -> None:
    with hosted_api() as api:
        transport = api.transport()
    async with connected(transport):
        with pytest.raises(TransportError, match="could not be reached") as caught:
            await transport.push([said()])
    assert "auth_" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_wrong_secret_is_told_and_neither_it_nor_a_signature_is_shown(
    api: HostedApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(api.transport(secret="hush-hush")) as transport:
        with pytest.raises(TransportError, match="check app_id, key and secret") as caught:
            await transport.push([said()])
    async with connected(api.transport()) as transport:
        await transport.push([said()])
    assert api.refused == 1
    told = f"{caught.value} {caplog.text} {transport!r}"
    for secret in ("hush-hush", SECRET, "signature", "auth_key", f"{KEY}:"):
        assert secret not in told


async def test_a_process_without_the_secret_cannot_push() -> None:
    transport = PusherTransport(
        app_id="3", key=KEY, cluster="eu", auth_endpoint="https://example.com/pusher/auth"
    )
    async with connected(transport):
        with pytest.raises(Undeliverable, match="set secret to push"):
            await transport.push([said()])


async def test_encrypted_channels_are_sealed_and_never_sent_open(api: HostedApi) -> None:
    secret = said(data=b'"quiet"')._replace(channel="private-encrypted-x")
    key = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="
    async with connected(api.transport(encryption_master_key_base64=key)) as transport:
        await transport.push([secret])
    assert set(json.loads(api.events[0]["data"])) == {"nonce", "ciphertext"}
    async with connected(api.transport()) as transport:
        with pytest.raises(Undeliverable, match="encryption_master_key_base64"):
            await transport.push([secret])


async def test_closing_leaves_no_thread_behind(api: HostedApi) -> None:
    async with connected(api.transport()) as transport:
        await transport.push([said()])
    assert [t for t in threading.enumerate() if t.name.startswith("tidings-pusher")] == []
