"""The broker: what Tidings calls, and the sockets that it goes over."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

from tidings import Abilities, Event, TransportError, hookimpl

from tidings_heliograph.wire import LARGEST, decode, encode

_LOG = logging.getLogger(__name__)

_ENDING = ".tidings"
"""How the names of sockets end: what else may be in the directory is not ours to touch."""


class HeliographBroker:
    """Brings events to every process on this machine that has the same directory.

    Each has a socket in it, and whoever pushes sends to every socket there. So whoever may write
    to the directory may push.

    Args:
        directory: where the sockets are; it is made if it is not there.
        patience: how long, in seconds, a process that does not read is waited for.
    """

    abilities = Abilities(role="broker", local=True, taskless=True)

    def __init__(self, *, directory: Path, patience: float = 5.0) -> None:
        self._directory = directory
        self._patience = patience
        self._listeners: dict[str, Callable[[Event], None]] = {}

    @hookimpl
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        """Have a socket for as long as the application runs."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _bound(self._directory / f"{uuid4().hex[:12]}{_ENDING}") as ear:
            loop = asyncio.get_running_loop()
            loop.add_reader(ear, self._hear, ear)
            try:
                yield
            finally:
                loop.remove_reader(ear)

    @hookimpl
    @asynccontextmanager
    async def subscribe(
        self, channel: str, deliver: Callable[[Event], None]
    ) -> AsyncIterator[None]:
        """Deliver what comes on a channel, from now on until exit."""
        self._listeners[channel] = deliver
        try:
            yield
        finally:
            del self._listeners[channel]

    @hookimpl
    async def push(self, events: Sequence[Event]) -> None:
        """Send events to all processes, this one among them; none waits for another."""
        datagrams = [encode(event) for event in events]
        sendings = [self._send(neighbour, datagrams) for neighbour in self._neighbours()]
        for failed in await asyncio.gather(*sendings, return_exceptions=True):
            if failed is not None:
                raise failed

    def _neighbours(self) -> list[Path]:
        return [path for path in self._directory.glob(f"*{_ENDING}") if path.is_socket()]

    async def _send(self, neighbour: Path, datagrams: Sequence[bytes]) -> None:
        loop = asyncio.get_running_loop()
        try:
            with _connected(neighbour) as mouth:
                async with asyncio.timeout(self._patience):
                    for datagram in datagrams:
                        await loop.sock_sendall(mouth, datagram)
        except (ConnectionError, FileNotFoundError):  # its process is gone
            self._forget(neighbour)
        except TimeoutError:
            told = f"{neighbour} was not read from for {self._patience:g} s"
            raise TransportError(told) from None

    def _forget(self, neighbour: Path) -> None:
        neighbour.unlink(missing_ok=True)

    def _hear(self, ear: socket.socket) -> None:
        try:
            event = decode(ear.recv(LARGEST))
        except ValueError:
            _LOG.warning("what came to %s is no event, and is passed over", self._directory)
            return
        if (deliver := self._listeners.get(event.channel)) is not None:
            deliver(event)


@contextmanager
def _bound(path: Path) -> Iterator[socket.socket]:
    with _socket() as ear:
        ear.bind(str(path))
        try:
            yield ear
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with _socket() as mouth:
        mouth.connect(str(path))
        yield mouth


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.setblocking(False)
    for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):  # some systems begin with 2 KiB
        made.setsockopt(socket.SOL_SOCKET, buffer, LARGEST)
    return made
