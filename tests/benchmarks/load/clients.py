"""Many clients in one process, cheap enough that it is the server that is measured.

It is told what to do by lines of JSON on its standard input, and answers each with another one:
see `Load`. A WebSocket library for each connection would cost more than the server does.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_ENDED = b"\r\n\r\n"
_HEAD = (
    "GET {path}{query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    "Authorization: Bearer {token}\r\n\r\n"
)
_STREAM = "GET {path}{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
_WELCOMES = (b'{"event":"tidings:welcome"', b'{"event":"pusher:connection_established"')
_BIND_LATE = 24  # IP_BIND_ADDRESS_NO_PORT: the port is chosen when it connects
_ADDRESSES = 50  # clients come from so many, of 127.0.0.0/8: each has ports of its own


class Received:
    """What a group of clients got, as far as it is wanted: by default, how much."""

    def __init__(self) -> None:
        self.count = 0

    def take(self, client: Client, data: bytes) -> None:
        self.count += len(data)

    def report(self) -> dict[str, Any]:
        return {}


class Frames(Received):
    """Takes frames apart, and looks at each."""

    def take(self, client: Client, data: bytes) -> None:
        client.rest += data
        now = time.perf_counter()
        for text in frames(client.rest):
            self.count += 1
            self.look(client, text, now)

    def look(self, client: Client, text: bytes, now: float) -> None:
        raise NotImplementedError


class Latencies(Frames):
    """How long each was on its way, by the `at` in it."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds: list[float] = []

    def look(self, client: Client, text: bytes, now: float) -> None:
        start = text.index(b'"at":') + 5
        self._seconds.append(now - float(text[start : text.index(b"}", start)]))

    def report(self) -> dict[str, Any]:
        seconds = sorted(self._seconds)
        self._seconds = []
        return {
            str(share): seconds[int(len(seconds) * share / 100)] for share in (50, 90, 99, 99.9)
        }


class Offsets(Frames):
    """Whether each comes once and in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self._wrong = 0

    def look(self, client: Client, text: bytes, now: float) -> None:
        offset = json.loads(text)["position"]["offset"]
        self._wrong += offset != client.offset + 1
        client.offset = offset

    def report(self) -> dict[str, Any]:
        return {"wrong": self._wrong}


RECEIVED: dict[str, Callable[[], Received]] = {
    "bytes": Received,
    "latencies": Latencies,
    "offsets": Offsets,
}


class Client:
    """One connection. `head` is what it says first, until that is answered."""

    __slots__ = ("head", "offset", "rest", "socket", "take")

    def __init__(self, head: bytes, offset: int, take: Callable[[Client, bytes], None]) -> None:
        self.socket: socket.socket
        self.head = head
        self.offset = offset
        self.rest = bytearray()
        self.take = take


class Clients:
    """All the clients, and what can be asked of them."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._clients: dict[int, Client] = {}
        self._groups: dict[str, Received] = {}
        self._members: dict[str, list[Client]] = {}
        self._opening = 0
        self._numbers = itertools.count()

    def open(  # noqa: PLR0917 (each is called by its name)
        self,
        group: str,
        port: int,
        clients: Sequence[Sequence[Any]],
        look: str,
        at_once: int,
        path: str,
        stream: bool,
    ) -> dict[str, Any]:
        """Connect clients and say hello, of each [query, token, offset]; wait for the welcomes."""
        received, hello = self._new(group, look), _STREAM if stream else _HEAD
        for query, token, offset in clients:
            head = hello.format(path=path, query=query, token=token).encode()
            self._connect(group, port, Client(head, offset, received.take))
            self._turn_until(lambda: self._opening < at_once)
        self._turn_until(lambda: self._opening == 0)
        return {}

    def connect(self, group: str, port: int, count: int) -> dict[str, Any]:
        """Connect clients that say nothing."""
        received = self._new(group, "bytes")
        for _ in range(count):
            self._connect(group, port, Client(b"", 0, received.take))
        self._turn_until(lambda: self._opening == 0)
        return {}

    def say(self, group: str, text: str) -> dict[str, Any]:
        """Let each client of a group send a text."""
        data = text.encode()
        assert len(data) < 126
        frame = bytes((0x81, 0x80 | len(data), 0, 0, 0, 0)) + data  # masked, with zeros
        for client in self._members[group]:
            client.socket.send(frame)
        return {}

    def receive(self, group: str, count: int) -> dict[str, Any]:
        """Wait until a group has got so much more: bytes, or frames if those are looked at."""
        received = self._groups[group]
        self._turn_until(lambda: received.count >= count)
        received.count -= count
        return received.report()

    def close(self, group: str) -> dict[str, Any]:
        """Leave."""
        for client in self._members.pop(group):
            del self._clients[client.socket.fileno()]
            client.socket.close()
        return {}

    def spent(self) -> dict[str, Any]:
        """Tell how much processor time this process has had."""
        return {"seconds": time.process_time()}

    def _new(self, group: str, look: str) -> Received:
        self._members[group] = []
        received = self._groups[group] = RECEIVED[look]()
        return received

    def _connect(self, group: str, port: int, client: Client) -> None:
        client.socket = socket.socket()
        client.socket.setsockopt(socket.IPPROTO_IP, _BIND_LATE, 1)
        client.socket.bind((f"127.0.0.{2 + next(self._numbers) % _ADDRESSES}", 0))
        client.socket.setblocking(False)
        client.socket.connect_ex(("127.0.0.1", port))
        self._clients[client.socket.fileno()] = client
        self._members[group].append(client)
        self._poll.register(client.socket, select.EPOLLOUT)
        self._opening += 1

    def _turn_until(self, done: Callable[[], bool]) -> None:
        poll, clients = self._poll.poll, self._clients
        while not done():
            for number, mask in poll():
                client = clients[number]
                if mask & select.EPOLLOUT:
                    self._say_hello(client)
                elif client.head:
                    self._hear_answer(client)
                else:
                    client.take(client, self._read(client))

    def _say_hello(self, client: Client) -> None:
        self._poll.modify(client.socket, select.EPOLLIN)
        if client.head:
            client.socket.send(client.head)
        else:
            self._opening -= 1

    def _read(self, client: Client) -> bytes:
        data = client.socket.recv(65536)
        if not data:
            raise ConnectionError("the server has closed a connection")
        return data

    def _hear_answer(self, client: Client) -> None:
        """Take the answer to the handshake, and the frame of welcome behind it."""
        client.rest += self._read(client)
        if _ENDED not in client.rest:
            return
        head, _, rest = bytes(client.rest).partition(_ENDED)
        if b" 200 " in head.split(b"\r\n")[0]:
            self._hear_stream(client, rest)
            return
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(f"refused: {head!r} {rest!r}")
        after = bytearray(rest)
        if (welcome := next(frames(after), None)) is not None:
            if not welcome.startswith(_WELCOMES):
                raise ConnectionError(f"no welcome: {welcome!r}")
            client.rest.clear()
            client.head = b""
            self._opening -= 1
            if after:
                client.take(client, bytes(after))

    def _hear_stream(self, client: Client, rest: bytes) -> None:
        """Take the first chunk of a stream of events, which is its welcome."""
        size, _, text = rest.partition(b"\r\n")
        if not size or len(text) < int(size, 16) + 2:
            return
        if b"event: tidings:welcome" not in text:
            raise ConnectionError(f"no welcome: {text!r}")
        client.rest.clear()
        client.head = b""
        self._opening -= 1


def frames(data: bytearray) -> Iterator[bytes]:
    """Take the whole frames off the beginning."""
    while len(data) >= 2:
        start, length = 2, data[1]
        if length == 126:
            start, length = 4, int.from_bytes(data[2:4])
        if len(data) < start + length or len(data) < start:
            return
        if data[0] != 0x81:
            raise ConnectionError(f"no text frame: {bytes(data[:200])!r}")
        text = bytes(data[start : start + length])
        del data[: start + length]
        yield text


def main() -> None:
    raise_files()
    clients = Clients()
    os.sched_setaffinity(0, {int(os.environ["CLIENTS_CORE"])})
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(getattr(clients, name)(**arguments)), flush=True)


def raise_files() -> int:
    """Have as many files open as may be, and return how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (65536, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
        except (ValueError, OSError):
            continue
        return wanted
    return soft


if __name__ == "__main__":
    main()
