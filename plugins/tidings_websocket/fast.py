"""The fast front: a WebSocket connection on the raw transport that uvicorn hands over.

Handshake and input are websockets' sans-I/O protocol; output is frames that were built before.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, cast

from websockets.exceptions import PayloadTooBig
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Origin

from tidings_websocket.dialect import Ending
from tidings_websocket.frames import WINDOW_BITS, Batch
from tidings_websocket.handshake import client_address
from tidings_websocket.outlet import CLOSE_WITHIN
from tidings_websocket.session import Session
from tidings_websocket.upgrade import opening, respond

if TYPE_CHECKING:
    from tidings_websocket.front import WebSocketFront

_BUFFERED = 64 * 1024  # past so many bytes the transport says that they wait
_DEFLATE = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True,
    client_no_context_takeover=True,
    server_max_window_bits=WINDOW_BITS,
    client_max_window_bits=WINDOW_BITS,
)


class FastConnection(asyncio.Protocol):
    """One connection, from its handshake to its end; made by uvicorn (`ws=front.protocol`)."""

    __slots__ = (
        "_closing",
        "_connection",
        "_deflates",
        "_drained",
        "_fragments",
        "_front",
        "_paused",
        "_peers",
        "_session",
        "_transport",
    )

    def __init__(self, front: WebSocketFront, *, server_state: Any, **_: Any) -> None:
        self._front = front
        self._peers: set[Any] = server_state.connections
        self._transport: asyncio.Transport
        self._connection = ServerProtocol(
            origins=None if front.origins is None else [None, *map(Origin, front.origins)],
            extensions=[_DEFLATE],
            max_size=front.limits.message,
            logger=_logger,
        )
        self._session: Session | None = None
        self._fragments: bytearray | None = None
        self._deflates = False
        self._paused = False
        self._drained: asyncio.Future[None] | None = None
        self._closing: asyncio.TimerHandle | None = None

    # what the event loop and the server call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)
        high = min(_BUFFERED, self._front.limits.outgoing)
        self._transport.set_write_buffer_limits(high=high)
        self._peers.add(self)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        connection = self._connection
        connection.receive_data(data)
        for event in connection.events_received():
            if isinstance(event, Frame):
                self._take(event)
            else:
                self._shake_hands(cast("Request", event))
        if connection.parser_exc is not None:
            self._break_off(connection.parser_exc)
        self._flush()
        self._bound()

    def eof_received(self) -> None:
        """Take leave of who sends no more; the transport closes once all has left, or soon so."""
        self._leave()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Give back all that was this connection's."""
        self._peers.discard(self)
        if self._closing is not None:
            self._closing.cancel()
        self.resume_writing()
        if self._session is not None:
            self._session.gone()

    def pause_writing(self) -> None:
        """Note that bytes wait to leave."""
        self._paused = True

    def resume_writing(self) -> None:
        """Note that few bytes wait to leave."""
        self._paused = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def shutdown(self) -> None:
        """Leave, with all the others and in its turn: the server stops."""
        self._front.begin_leaving()

    # what the session calls

    def write(self, batch: Batch) -> int:
        """Write frames; return how many bytes waited before, once that are many."""
        if self._closing is not None or self._transport.is_closing():
            return 0
        waiting = self._transport.get_write_buffer_size() if self._paused else 0
        self._transport.write(batch.deflated if self._deflates else batch.plain)
        return waiting

    async def drain(self) -> None:
        """Wait until few bytes wait to leave."""
        if self._paused:
            if self._drained is None or self._drained.done():
                self._drained = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._drained)

    def hold(self) -> None:
        """Read no more for now."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def proceed(self) -> None:
        """Read on."""
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def ping(self) -> bool:
        """Send a ping frame."""
        if self._connection.state is State.OPEN:
            self._connection.send_ping(b"")
            self._flush()
        return True

    def end(self, code: int, reason: str) -> None:
        """Send a close frame behind what was written, and give the client some time to answer."""
        if self._connection.state is State.OPEN:
            self._connection.send_close(code, reason)
            self._flush()
        self.proceed()  # its answer is to be read

    def _take(self, frame: Frame) -> None:
        session, opcode = self._session, frame.opcode
        if session is None or session.ended:
            return
        if opcode is Opcode.TEXT or opcode is Opcode.CONT:
            self._take_text(session, frame)
        elif opcode is Opcode.BINARY:
            session.end(Ending.MALFORMED)
        elif opcode is Opcode.CLOSE:
            session.gone()
        else:
            session.heard()

    def _take_text(self, session: Session, frame: Frame) -> None:
        data = frame.data
        if self._fragments is not None or not frame.fin:
            self._fragments = bytearray() if self._fragments is None else self._fragments
            self._fragments += data
            if not frame.fin:
                session.heard()
                return
            data, self._fragments = self._fragments, None
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError as error:
            self._connection.fail(CloseCode.INVALID_DATA, "this is no UTF-8")
            self._break_off(error)
        else:
            session.receive(text, len(data))

    def _break_off(self, error: Exception) -> None:
        """Note that the client does not speak WebSocket as agreed; the library has told it so."""
        session = self._session
        if session is None or session.ended:
            return
        if isinstance(error, PayloadTooBig):
            self._front.counters.refuse("message", session.address)
        session.gone("large" if isinstance(error, PayloadTooBig) else "malformed")

    def _bound(self) -> None:
        """Let no more wait to leave than may, of what the library answers by itself: pongs."""
        session = self._session
        if session is None or not self._paused:
            return
        waiting = self._transport.get_write_buffer_size()
        if not session.ended and session.is_slow(waiting):
            session.end(Ending.SLOW)
        elif session.is_slow(waiting - _BUFFERED):
            self._transport.abort()

    def _shake_hands(self, request: Request) -> None:
        """Open the connection, or refuse it by HTTP where nothing more is to be said."""
        address = self._address(request)
        response, dialect = respond(self._front, self._connection, request, address)
        self._connection.send_response(response)
        self._flush()
        if dialect is not None:
            self._deflates = any(
                isinstance(extension, PerMessageDeflate)
                and extension.local_max_window_bits >= WINDOW_BITS
                for extension in self._connection.extensions
            )
            self._session = Session(self._front, dialect, self, address)
            self._session.begin(opening(request))

    def _address(self, request: Request) -> str | None:
        peer = self._transport.get_extra_info("peername")
        forwarded = request.headers.get_all("X-Forwarded-For")
        return client_address(
            peer[0] if isinstance(peer, tuple) else None, forwarded, self._front.proxies
        )

    def _flush(self) -> None:
        """Send what the protocol has to say, and see whether that was the end."""
        connection = self._connection
        for data in connection.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():  # what it still sends is read, else it may
                self._transport.write_eof()  # never read what it is told
            else:
                self._transport.close()
        if connection.close_expected():
            self._expect_end()

    def _leave(self) -> None:
        if self._session is not None:
            self._session.gone()
        self._expect_end()

    def _expect_end(self) -> None:
        """See to it that the connection ends soon, whatever waits to leave."""
        if self._closing is None:
            loop = asyncio.get_running_loop()
            self._closing = loop.call_later(CLOSE_WITHIN, self._transport.abort)


# what the library would log is requests and frames, in full: tickets, tokens, content
_logger = logging.Logger("tidings.websocket.protocol", logging.CRITICAL + 1)  # noqa: LOG001
