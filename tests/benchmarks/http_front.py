"""How fast the HTTP front is: `uv run python tests/benchmarks/http_front.py [NAME...]`.

Each figure is taken in a process of its own, which is the server, on one core: by the processor
time the operating system charged to it. Clients are another process. What a delivery to an event
stream costs is told beside what it costs to a WebSocket, in turns, in the same run.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
import uvloop

sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks.load.driving import Load, loading, on_one_core
from tidings import AdminTokens, Notification, Payload, Tidings, Tokens
from tidings_http import HttpFront
from tidings_memory import MemoryStore
from tidings_sql import SqlStore
from tidings_websocket import WebSocketFront

Bench = Callable[[], Coroutine[Any, Any, str]]

CLIENTS = 1000
SENT = 210  # bytes of what leaves for an event on either way, with all its framing
ASKING = """
import http.client, json, sys
port, method, path, token, body = sys.argv[1:]
connection = http.client.HTTPConnection("127.0.0.1", int(port))
headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
for line in sys.stdin:
    for number in range(int(line)):
        told = body.replace("NUMBER", f"{line.strip()}-{number}")
        connection.request(method, path, told or None, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
    print(len(text), flush=True)
"""


class Server:
    """Both fronts within uvicorn, on one port."""

    def __init__(self, tidings: Tidings, tokens: Tokens, port: int) -> None:
        self.tidings = tidings
        self.tokens = tokens
        self.port = port

    @asynccontextmanager
    async def asking(
        self, method: str, path: str, token: str, body: str = ""
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """Start a client that makes as many requests as it is told, one after another."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", ASKING, str(self.port), method, path, token, body,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        os.sched_setaffinity(process.pid, {int(os.environ["CLIENTS_CORE"])})
        try:
            yield process
        finally:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def serving(store: object) -> AsyncIterator[Server]:
    """Serve, as `tidings serve` has it where no proxy is named."""
    tokens = Tokens("a secret of at least thirty-two bytes")
    sockets = WebSocketFront(per_address=20_000, silence=3600, leave_within=0.1)
    listener = socket.create_server(("127.0.0.1", 0), backlog=8192)
    http = HttpFront(streams=20_000, ping=3600)
    async with Tidings(store, sockets, http, AdminTokens(), tokens=tokens) as tidings:
        ws: Any = sockets.protocol
        config = uvicorn.Config(
            sockets.app,
            ws=ws,
            lifespan="off",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listener]))
        yield Server(tidings, tokens, listener.getsockname()[1])
        server.should_exit = server.force_exit = True
        await running


def note(n: int) -> Notification:
    """Return a notification of about 300 bytes of JSON."""
    return Notification(
        heading=f"Build {n} passed",
        content="All 1,204 tests passed in 3 minutes and 12 seconds on two machines; " * 2,
        payload=Payload(path=f"/builds/{n}"),
    )


async def page() -> str:
    async with serving(MemoryStore()) as server:
        for n in range(200):
            await server.tidings.push("ann", note(n))
        return await _page(server, "ann")


async def page_sql() -> str:
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        async with serving(SqlStore(f"sqlite:///{folder}/tidings.db")) as server:
            users = [f"user{n}" for n in range(1000)]
            for n in range(1000):
                await server.tidings.push(users, note(n))
            return await _page(server, "user500") + ", among a million entries"


async def _page(server: Server, user: str) -> str:
    token, found = server.tokens.issue(user), []
    async with server.asking("GET", "/inbox?limit=50", token) as client:
        size = await _ask(client, 100)
        for _ in range(7):
            start = time.process_time()
            await _ask(client, 200)
            found.append((time.process_time() - start) / 200 * 1e3)
    return f"{median(found):.2f} ms a page of 50 ({size:,} bytes)"


async def _ask(client: asyncio.subprocess.Process, count: int) -> int:
    assert client.stdin
    assert client.stdout
    client.stdin.write(b"%d\n" % count)
    return int(await client.stdout.readline())


async def push() -> str:
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        return await _push(SqlStore(f"sqlite:///{folder}/tidings.db"))


async def push_memory() -> str:
    return await _push(MemoryStore())


async def _push(store: object) -> str:
    users = ",".join(f'"user{n}"' for n in range(1000))
    body = f'{{"users":[{users}],"notification":{{"id":"NUMBER","heading":"Build passed"}}}}'
    found = []
    async with serving(store) as server:
        token = server.tokens.issue("ops", tidings="admin")
        async with server.asking("POST", "/push", token, body) as client:
            await _ask(client, 3)
            for count in range(10, 16):
                clock, start = time.perf_counter(), time.process_time()
                await _ask(client, count)
                took = (time.perf_counter() - clock, time.process_time() - start)
                found.append([1000 * count / seconds for seconds in took])
    wall, processor = (median(side) for side in zip(*found, strict=True))
    return f"{wall:,.0f} entries/s persisted; {processor:,.0f} a second of processor time"


async def delivery() -> str:
    async with serving(MemoryStore()) as server, loading() as load:
        hellos = [("", server.tokens.issue(f"user{n}"), 0) for n in range(CLIENTS)]
        await load.open("sockets", server.port, hellos)
        await load.say("sockets", '{"request":"subscribe","id":1,"channel":"sockets"}')
        await load.receive("sockets", len(b'  {"reply":1,"channel":"sockets"}') * CLIENTS)
        path = "/channels/streams/events"
        await load.open("streams", server.port, hellos, path=path, stream=True)
        pairs = []
        for _ in range(7):
            theirs = await _round(server.tidings, load, "sockets")
            pairs.append((await _round(server.tidings, load, "streams"), theirs))
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    ratio = median([ours / sockets for ours, sockets in pairs])
    return f"{mine:.2f} us a delivery, WebSocket {theirs:.2f} us: {ratio:.2f} times"


async def _round(tidings: Tidings, load: Load, group: str) -> float:
    """Return what a delivery costs, in microseconds; all have one size."""
    id = "0" * 36  # noqa: A001
    empty = {
        "sockets": f'????{{"channel":"sockets","event":"built","data":"","id":"{id}"}}',
        "streams": f'b8\r\nevent: built\ndata: {{"data":"","id":"{id}"}}\n\n\r\n',
    }
    data, rounds = "x" * (SENT - len(empty[group])), 60
    start = time.process_time()
    receiving = asyncio.create_task(load.receive(group, rounds * SENT * CLIENTS))
    for _ in range(rounds):
        await tidings.publish(group, "built", data)
        await asyncio.sleep(0.012)
    await receiving
    return (time.process_time() - start) / (rounds * CLIENTS) * 1e6


BENCHES: dict[str, Bench] = {
    "page": page,
    "page, SQL": page_sql,
    "push": push,
    "push, memory": push_memory,
    "delivery": delivery,
}


def main() -> None:
    if os.environ.get("BENCH"):
        print(on_one_core() + uvloop.run(BENCHES[os.environ["BENCH"]]()), flush=True)
        return
    for name in sys.argv[1:] or BENCHES:
        print(f"{name:<14}", end="", flush=True)
        environment = os.environ | {"BENCH": name}
        subprocess.run([sys.executable, __file__], env=environment, check=True)


if __name__ == "__main__":
    main()
