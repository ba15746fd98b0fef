"""Talking to a server as no client of good manners does: bytes by hand, random ones too."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from random import Random
from typing import Self

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
WITHIN = 10.0

REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


def frame(
    opcode: int,
    data: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """Return a frame (RFC 6455, 5.2); `length` is what it says of itself, true or not."""
    size = len(data) if length is None else length
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    mask = 0x80 if masked else 0
    if size < 126:
        head = bytes((first, mask | size))
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, mask | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask | 127, size)
    return head + (b"\0\0\0\0" if masked else b"") + data


class Raw:
    """A connection by hand; leaving it resets it.

    Attributes:
        answer: what the server said to the opening request.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._ended = False
        self.answer = b""

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.reset()

    async def open(self, path: str, more: str = "") -> None:
        """Shake hands as a client does."""
        await self.send(REQUEST.format(path=path, more=more).encode("latin-1"))
        async with asyncio.timeout(WITHIN):
            self.answer = await self._reader.readuntil(b"\r\n\r\n")

    async def send(self, data: bytes) -> None:
        """Send, if the server still takes anything and not all was sent."""
        if self._ended:
            return
        with contextlib.suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def rest(self) -> bytes:
        """Return all that comes until the server ends the connection; a close frame is answered."""
        received, answered = b"", False
        async with asyncio.timeout(WITHIN):
            with contextlib.suppress(ConnectionError):
                while data := await self._reader.read(1 << 16):
                    received += data
                    if not answered and (code := close_code(received)) is not None:
                        answered = True
                        await self.send(frame(CLOSE, code.to_bytes(2)))
        return received

    def end(self) -> None:
        """Send no more; the other half stays open."""
        self._ended = True
        self._writer.write_eof()

    def reset(self) -> None:
        """Be gone, without a word."""
        own = self._writer.get_extra_info("socket")
        if own is not None:  # it is closed already
            with contextlib.suppress(OSError):
                own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


def close_code(received: bytes) -> int | None:
    """Return the code of the close frame that ends what was received, if there is one.

    A server's frames are not masked, and those of interest here are short.
    """
    for at in range(len(received) - 2):
        if received[at] == 0x88 and received[at + 1] == len(received) - at - 2:
            return int.from_bytes(received[at + 2 : at + 4])
    return None


WORDS = (
    b'{"request":"ping","id":1}',
    b'{"request":"page","id":"x","limit":3}',
    b'{"request":"subscribe","id":2,"channel":"news"}',
    b'{"request":"subscribe","id":2,"channel":"presence-room"}',
    b'{"request":"unsubscribe","id":2,"channel":"news"}',
    b'{"request":"mark","id":3,"change":"open","ids":["a"]}',
    b'{"request":"publish","id":4,"channel":"news","event":"e","data":[1]}',
    b'{"request":"authenticate","id":5,"token":"x"}',
    b'{"request":"recall","id":6,"channel":"private-user-ann","after":0}',
    b"{" * 500,
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"null",
    b"",
)


def noise(random: Random, *, readable: bool = False) -> bytes:
    """Return a frame as it may come from anyone: most are wrong in some way.

    Args:
        random: chooses.
        readable: what it says is ASCII, at least.
    """
    said = random.choice((*WORDS, random.randbytes(random.choice((0, 1, 2, 125, 126, 3_000)))))
    if readable:
        said = bytes(byte & 0x7F for byte in said)
    dice = random.random()
    if dice < 0.5:
        return frame(TEXT, said)
    if dice < 0.6 and not readable:
        return said
    return frame(
        random.choice((0, 0, TEXT, TEXT, BINARY, CLOSE, PING, PONG, random.randint(0, 15))),
        said,
        fin=random.random() < 0.6,
        reserved=random.choice((0, 0, 0, 0, 4, 4, random.randint(0, 7))),
        masked=random.random() < 0.95,
        length=random.choice((None,) * 12 + (0, 5, 126, 1 << 16, (1 << 63) - 1, (1 << 64) - 1)),
    )
