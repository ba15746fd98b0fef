"""Before the handshake: who connects has some time, some bytes and some company, not more.

uvicorn itself waits for a request for ever, of whatever size, from however many.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from tidings_websocket.front import WebSocketFront

HEAD_LIMIT = 64 * 1024
"""The most bytes of a request's line and headers."""

_LATE = (408, b"Request Timeout")
_LARGE = (431, b"Request Header Fields Too Large")
_FULL = (503, b"Service Unavailable")


class Doorway:
    """Counts those who have not become a WebSocket yet, by address; one for each process.

    Args:
        front: whose limits hold: `handshake`, `connections` (those that are open included), and
            `per_address`, but for its `proxies`.
    """

    STATE = "tidings.doorway"
    """Its key in the state of uvicorn's lifespan."""

    def __init__(self, front: WebSocketFront) -> None:
        self.limits = front.limits
        self.counters = front.counters
        self._waiting: Counter[str] = Counter()
        self._proxies = front.proxies

    def refusal(self, open_now: int, address: str | None) -> str | None:
        """Return the limit that one more connection would exceed, if any."""
        if open_now >= self.limits.connections:
            return "connections"
        if address is None or self._waiting[address] < self.limits.per_address:
            return None
        return None if self._is_proxy(address) else "per_address"

    def came(self, address: str | None) -> None:
        """Count one more who waits."""
        if address is not None:
            self._waiting[address] += 1

    def went(self, address: str | None) -> None:
        """Count one less."""
        if address is not None:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]

    def _is_proxy(self, address: str) -> bool:
        return any(ip_address(address) in proxy for proxy in self._proxies)


class Arrival(asyncio.Protocol):
    """A connection until its request is there: passes all on to uvicorn's own protocol.

    Made by uvicorn (`http="tidings_websocket.cli.doorway:Arrival"`).
    """

    def __init__(self, *, app_state: Mapping[str, Any], server_state: Any, **rest: Any) -> None:
        self._doorway: Doorway = app_state[Doorway.STATE]
        self._peers: set[Any] = server_state.connections
        made_by = cast("Any", AutoHTTPProtocol)
        self._http = made_by(app_state=app_state, server_state=server_state, **rest)
        self._transport: asyncio.Transport
        self._address: str | None = None
        self._head = 0
        self._overdue: asyncio.TimerHandle | None = None
        self._counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in, if there is room."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if isinstance(peer, tuple) else None
        full = self._doorway.refusal(len(self._peers), self._address)
        self._doorway.came(self._address)
        self._counted = True
        self._http.connection_made(transport)
        if full is not None:
            self._refuse(full, *_FULL)
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Pass it on, and see whether the request is there."""
        if self._transport.is_closing():
            return
        self._http.data_received(data)
        if self._transport.get_protocol() is not self:  # it is a WebSocket now
            self._leave()
        elif self._answering():
            self._head = 0
            self._head_is_there()
        else:
            self._head += len(data)
            self._await_head()
            if self._head > HEAD_LIMIT:
                self._refuse("message", *_LARGE)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return cast("bool | None", self._http.eof_received())

    def pause_writing(self) -> None:
        """Pass it on."""
        self._http.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._http.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass it on, and count it out."""
        self._leave()
        self._http.connection_lost(exc)

    def _answering(self) -> bool:
        cycle = self._http.cycle
        return cycle is not None and not cycle.response_complete

    def _await_head(self) -> None:
        if self._overdue is None and not self._transport.is_closing():
            loop, within = asyncio.get_running_loop(), self._doorway.limits.handshake
            self._overdue = loop.call_later(within, self._refuse, "handshake", *_LATE)

    def _head_is_there(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _refuse(self, limit: str, status: int, reason: bytes) -> None:
        if not self._transport.is_closing():
            self._doorway.counters.refuse(limit, self._address)
            answer = b"HTTP/1.1 %d %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            self._transport.write(answer % (status, reason))
            self._transport.close()

    def _leave(self) -> None:
        self._head_is_there()
        if self._counted:
            self._counted = False
            self._doorway.went(self._address)
