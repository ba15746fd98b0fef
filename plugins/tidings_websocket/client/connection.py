"""One connection to a server, from its welcome to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import parse_qs

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidURI, WebSocketException
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from tidings import SettingsError, TransportError
from tidings_websocket.client.endings import ended, unreachable
from tidings_websocket.commands import Welcome
from tidings_websocket.dialect import Malformed
from tidings_websocket.plain.dialect import SUBPROTOCOL
from tidings_websocket.plain.reading import Frame, Refused, read

SIGN_OF_LIFE = 10.0
"""How often the server is pinged, and how long it may take to answer, in seconds."""

CLOSE_WITHIN = 2.0
"""How long the server may take to answer a close frame, in seconds."""


def checked_url(url: str) -> str:
    """Return a URL if a WebSocket can be there.

    Raises:
        SettingsError: it cannot; or there is a secret in it, which would end up in logs.
    """
    try:
        uri = parse_uri(url)
    except InvalidURI:
        raise SettingsError("url: write it as wss://example.com/ws") from None
    if uri.user_info is not None or {"ticket", "token"} & parse_qs(uri.query).keys():
        raise SettingsError("url: it has a secret in it, for all logs to tell: give it as `token`")
    return url


class Line(NamedTuple):
    """Where a server is, and what it may take to come through to it.

    handshake: seconds. message: the most bytes of a message from it.
    """

    url: str
    handshake: float
    message: int


class Connection:
    """What `connected` gives: frames in, texts out. It ends by a `TidingsError` from `read`."""

    def __init__(self, line: Line, websocket: ClientConnection, welcome: Welcome) -> None:
        self.welcome = welcome
        self._line = line
        self._websocket = websocket

    async def read(self) -> Frame:
        """Return the next frame; raises how it ended."""
        return await _next(self._line, self._websocket)

    async def write(self, text: bytes) -> None:
        """Send a text; on a connection that has ended, nothing."""
        try:
            await self._websocket.send(text, text=True)
        except ConnectionClosed:
            return  # whoever reads is told


@asynccontextmanager
async def connected(line: Line, token: str) -> AsyncIterator[Connection]:
    """Connect, and be let in; raises why that is not so."""
    opening = connect(
        line.url,
        additional_headers={"Authorization": f"Bearer {token}"},
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        compression=None,  # most texts are short, and many go between machines that are near
        open_timeout=line.handshake,
        close_timeout=CLOSE_WITHIN,
        ping_interval=SIGN_OF_LIFE,
        ping_timeout=SIGN_OF_LIFE,
        max_size=line.message,
        logger=_logger(),
    )
    try:
        websocket = await opening
    except (OSError, WebSocketException) as error:
        raise unreachable(line.url, error) from error
    try:
        yield Connection(line, websocket, await _welcomed(line, websocket))
    finally:
        await websocket.close()


async def _welcomed(line: Line, websocket: ClientConnection) -> Welcome:
    try:
        async with asyncio.timeout(line.handshake):
            frame = await _next(line, websocket)
    except TimeoutError:
        raise TransportError(f"no connection to {line.url}: it says nothing") from None
    if isinstance(frame, Refused):
        raise frame.error
    if not isinstance(frame, Welcome):
        raise TransportError(f"no connection to {line.url}: it does not speak as Tidings does")
    return frame


async def _next(line: Line, websocket: ClientConnection) -> Frame:
    try:
        return read(await websocket.recv(decode=True))
    except ConnectionClosed as closed:
        raise ended(line.url, closed) from None
    except (Malformed, UnicodeDecodeError):
        raise TransportError(f"{line.url} does not speak as Tidings does") from None


def _logger() -> logging.Logger:
    """Return a logger that never comes to debugging: there the library writes out the token."""
    logger = logging.getLogger("tidings.websocket.client.protocol")
    logger.setLevel(max(logging.INFO, logger.level))
    return logger
