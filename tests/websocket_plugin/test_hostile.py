"""Whatever is sent, others are served on, nothing is left over, and no traceback is written."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchanges import some_commands
from fronts import Client, Open, Shell, Site, site, until
from hostile import BINARY, CLOSE, DEFLATE, PING, REQUEST, TEXT, Raw, close_code, frame, noise
from tidings import AccessRequest, Grant, Notification, hookimpl
from tidings_websocket.commands import Command, Request
from tidings_websocket.plain.writing import write

PING_REQUEST = b'{"request":"ping","id":1}'


class Everything:
    """Lets everyone do everything, so that all that can be reached is."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant:
        return Grant()


@pytest.fixture
async def here(opened: Open, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Site]:
    """Give a site that others use meanwhile; in the end there is no error in the log."""
    async with opened(message=100_000) as here, here.connect("bob") as bob:
        yield here
        await served_on(here, bob)
    assert errors(caplog, here.shell) == []


async def served_on(here: Site, bob: Client) -> None:
    """See that another client is still served."""
    said = Notification(heading="Build passed")
    await here.tidings.push("bob", said)
    assert (await bob.named("tidings:notification"))["id"] == said.id
    await bob.nothing_more()
    await until(lambda: len(here.front.sessions) == 1, "the others were gone")


def errors(caplog: pytest.LogCaptureFixture, shell: Shell) -> list[str]:
    """Return what should not be in the log; what uvicorn's own protocol writes is its business."""
    theirs = "uvicorn.error" if shell == "portable" else ""
    bad = [record for record in caplog.records if record.levelno >= logging.ERROR]
    return [record.getMessage() for record in bad if record.name != theirs]


def opening(**changes: str | None) -> bytes:
    """Return an opening request with some lines changed, or left out."""
    lines: dict[str, str | None] = {
        "start": "GET /ws HTTP/1.1",
        "Host": "localhost",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
    }
    for name, value in changes.items():
        lines[name.replace("_", "-")] = value
    start = str(lines.pop("start"))
    kept = [f"{name}: {value}" for name, value in lines.items() if value is not None]
    return "\r\n".join([start, *kept, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    "request_",
    [
        opening(Sec_WebSocket_Key=None),
        opening(Sec_WebSocket_Key="short"),
        opening(Sec_WebSocket_Key="\u00e4" * 24),
        opening(Sec_WebSocket_Version=None),
        opening(Sec_WebSocket_Version="99"),
        opening(Sec_WebSocket_Extensions="\x7f;;;==,permessage-deflate; a=b"),
        opening(Sec_WebSocket_Extensions="permessage-deflate; server_max_window_bits=99"),
        opening(Sec_WebSocket_Protocol="a b c,,;"),
        opening(Origin="\u00ff\u00fe"),
        opening(start="POST /ws HTTP/1.1"),
        opening(start="GET /ws HTTP/1.0"),
        opening(start="GET /%00%ff/../ws HTTP/1.1"),
        opening(start="GET /nowhere HTTP/1.1"),
        opening(start="GET http://elsewhere/ws HTTP/1.1"),
        opening(start=f"GET /ws?{'a' * 40_000} HTTP/1.1"),
        opening(start=f"GET /{'a' * 9_000} HTTP/1.1"),
        opening(Content_Length="5") + b"hello",
        opening(Transfer_Encoding="chunked") + b"5\r\nhello\r\n0\r\n\r\n",
        opening(Cookie="x" * 20_000),
        opening(Connection="close, Upgrade, x" * 50),
        opening(Upgrade="websocket, h2c"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00" * 1_000,
        bytes(range(256)) * 40,
    ],
    ids=lambda request: request[:60].decode("latin-1").encode("unicode_escape").decode(),
)
async def test_what_is_no_opening_handshake_opens_nothing(here: Site, request_: bytes) -> None:
    async with Raw(here.port) as raw:
        await raw.send(request_)
        raw.end()
        answer = await raw.rest()
    assert not answer.startswith(b"HTTP/1.1 101") or here.counters.opened["plain"] == 2


async def test_an_opening_handshake_that_breaks_off_leaves_nothing(here: Site) -> None:
    request = REQUEST.format(path="/ws", more="").encode()
    for end in range(0, len(request), 7):
        async with Raw(here.port) as raw:
            await raw.send(request[:end])


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        (frame(0x3), {1002}),
        (frame(0xB), {1002}),
        (frame(0xF, b"x" * 10), {1002}),
        (frame(TEXT, PING_REQUEST, masked=False), {1002}),
        (frame(TEXT, PING_REQUEST, reserved=1), {1002}),
        (frame(TEXT, PING_REQUEST, reserved=4), {1002}),
        (frame(PING, b"x", fin=False), {1002}),
        (frame(PING, b"x" * 126), {1002}),
        (frame(0x0, b"x"), {1002}),
        (frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"), {1002}),
        (frame(TEXT, b"x", fin=False) + frame(CLOSE, b"\x03\xe8"), {1000, 1002}),
        (frame(TEXT, length=(1 << 63) - 1), {1009}),
        (frame(TEXT, length=(1 << 64) - 1), {1002, 1009}),
        (frame(TEXT, b"x" * 100_001), {1009}),
        (frame(TEXT, b"x" * 60_000, fin=False) + frame(0x0, b"x" * 60_000), {1009}),
        (frame(TEXT, b"\xff\xfe"), {1007}),
        (frame(TEXT, b"\xc3", fin=False) + frame(0x0, b"\x28"), {1007}),
        (frame(TEXT, b'"\xed\xa0\x80"'), {1007}),
        (frame(BINARY, b"x"), {1003}),
        (frame(BINARY, b"x", fin=False) + frame(0x0, b"x"), {1003}),
        (frame(CLOSE, b"\x03"), {1002}),
        (frame(CLOSE, b"\x03\xed"), {1002}),
        (frame(CLOSE, b"\x00\x01"), {1002}),
        (frame(CLOSE, b"\x03\xe8\xff"), {1007}),
        (frame(CLOSE, b"\x03\xe8bye"), {1000}),
        (frame(CLOSE), {None, 1000, 1005}),
    ],
)
async def test_what_is_no_websocket_ends_with_a_close_code(
    here: Site, sent: bytes, codes: set[int]
) -> None:
    async with Raw(here.port) as raw:
        await raw.open(f"/ws?ticket={here.ticket('ann')}")
        assert raw.answer.startswith(b"HTTP/1.1 101")
        await raw.send(sent)
        received = await raw.rest()
    # uvicorn's own protocol takes larger messages, and has no word for what is no UTF-8
    theirs = {1002, 1003, 1007, 1009} if here.shell == "portable" else set()
    assert close_code(received) in codes | theirs, received[-80:]


@pytest.mark.parametrize(
    "data",
    [
        b"no deflate at all",
        zlib.compress(PING_REQUEST),
        zlib.compressobj(wbits=-15).compress(b"x"),
        b"\xff" * 300,
    ],
)
async def test_what_is_not_compressed_as_agreed_ends_the_connection(
    here: Site, data: bytes
) -> None:
    async with Raw(here.port) as raw:
        await raw.open(f"/ws?ticket={here.ticket('ann')}", DEFLATE)
        assert b"permessage-deflate" in raw.answer
        await raw.send(frame(TEXT, data, reserved=4))
        await raw.send(frame(CLOSE, b"\x03\xe8"))
        assert close_code(await raw.rest()) in {1000, 1002, 1007}


async def test_a_little_that_unfolds_to_very_much_is_too_large(here: Site) -> None:
    packer = zlib.compressobj(wbits=-12, level=9)
    bomb = packer.compress(b" " * 20_000_000) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < 100_000
    async with Raw(here.port) as raw:
        await raw.open(f"/ws?ticket={here.ticket('ann')}", DEFLATE)
        await raw.send(frame(TEXT, bomb[:-4], reserved=4))
        assert close_code(await raw.rest()) == 1009


async def test_a_message_without_an_end_comes_to_one(opened: Open) -> None:
    async with opened(message=10_000, rate=1_000_000) as here, Raw(here.port) as raw:
        await raw.open(f"/ws?ticket={here.ticket('ann')}")
        await raw.send(frame(TEXT, b"x", fin=False))
        for _ in range(200 if here.shell == "fast" else 0):
            await raw.send(frame(0x0, b"x" * 100, fin=False))
        await raw.send(frame(0x0, b"x" * 20_000))
        assert close_code(await raw.rest()) == 1009


async def test_who_closes_one_half_is_gone(here: Site) -> None:
    async with Raw(here.port) as raw:
        await raw.open(f"/ws?ticket={here.ticket('ann')}")
        await until(lambda: len(here.front.sessions) == 2)
        raw.end()
        await until(lambda: len(here.front.sessions) == 1)
        await raw.rest()


async def test_who_is_reset_in_the_middle_of_anything_leaves_nothing(opened: Open) -> None:
    random = Random(7)
    async with opened(Everything(), rate=10_000) as here, here.connect("bob") as bob:

        async def visit(number: int) -> None:
            async with Raw(here.port) as raw:
                await raw.open(f"/ws?ticket={here.ticket(f'user-{number % 5}')}")
                requests = [
                    f'{{"request":"subscribe","id":1,"channel":"presence-{number % 3}"}}',
                    '{"request":"page","id":2}',
                    '{"request":"mark","id":3,"change":"see","ids":["a"]}',
                    '{"request":"subscribe","id":4,"channel":"news"}',
                    '{"request":"publish","id":5,"channel":"news","event":"e"}',
                ]
                for _ in range(random.randint(0, 8)):
                    await raw.send(frame(TEXT, random.choice(requests).encode()))
                    if random.random() < 0.5:
                        await asyncio.sleep(0)

        for start in range(0, 60, 20):
            await asyncio.gather(*map(visit, range(start, start + 20)))
            await here.tidings.push(
                [f"user-{n}" for n in range(5)], Notification(heading="Meanwhile")
            )
        await served_on(here, bob)


@pytest.mark.parametrize("compressed", [False, True])
async def test_random_frames_harm_nobody(
    shell: Shell, compressed: bool, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    count = 10_000 if request.config.getoption("--thorough") else 300
    random = Random(20_261_125 + compressed)
    sent = 0
    wide: dict[str, Any] = {"message": 10_000, "rate": 1_000}
    async with site(shell, Everything(), **wide) as here, here.connect("bob") as bob:
        while sent < count:
            async with Raw(here.port) as raw:
                await raw.open(f"/ws?ticket={here.ticket('ann')}", DEFLATE if compressed else "")
                some = random.randint(1, 12)
                # of what is no UTF-8 uvicorn's own protocol makes a traceback
                frames = [noise(random, readable=shell == "portable") for _ in range(some)]
                await raw.send(b"".join(frames))
                sent += some
                if random.random() < 0.3:
                    raw.end()
                    await raw.rest()
        await served_on(here, bob)
    assert errors(caplog, shell) == []


@given(asked=st.lists(st.one_of(*some_commands.values()), min_size=1, max_size=15))
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_request_is_answered_whatever_is_asked_in_whatever_order(
    shell: Shell, caplog: pytest.LogCaptureFixture, asked: list[Command]
) -> None:
    async with site(shell, Everything(), rate=100_000) as here, here.connect("ann") as ann:
        for number, command in enumerate(asked):
            await ann.raw.send(write(Request(f"r{number}", command)).decode())
        for number in range(len(asked)):
            reply = await ann.reply(f"r{number}")  # type: ignore[arg-type]
            assert "error" not in reply or reply["error"]["code"] != "failed", asked[number]
    assert errors(caplog, shell) == []
