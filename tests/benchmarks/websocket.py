"""How fast the WebSocket front is: `uv run python tests/benchmarks/websocket.py [NAME...]`.

Each figure is taken in a process of its own, which is the server, on one core: by the processor
time the operating system charged to it, not by the wall clock. The clients are another process, on
another core where there is one. A loop of send() in C, over the same kind of connections in the
same run, tells what a delivery costs at the least on this machine at this moment, and how many
notifications it makes in a second how fast its Python is. The prints are for people, nothing
asserts them but that everything came, once and in its turn.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
import uvloop

sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks.load.clients import raise_files
from benchmarks.load.driving import Hello, Load, loading, on_one_core, sending
from tidings import Notification, Payload, Stored, Tidings, Tokens
from tidings_memory import MemoryStore
from tidings_sql import SqlStore
from tidings_websocket import WebSocketFront

Bench = Callable[[], Coroutine[Any, Any, str]]

FRAME = 210  # bytes of an event's frame, its header of 4 included
PAUSE = 0.012


class Server:
    """A front within uvicorn, and what is to be known of it from outside."""

    def __init__(self, tidings: Tidings, tokens: Tokens, port: int) -> None:
        self.tidings = tidings
        self.port = port
        self._tokens = tokens

    def hello(self, user: str, query: str = "", offset: int = 0) -> Hello:
        """Return how a user's client says hello."""
        return query, self._tokens.issue(user), offset


@asynccontextmanager
async def serving(store: object) -> AsyncIterator[Server]:
    """Serve on some port, with a store, clients that are many, of few addresses and say nothing."""
    tokens = Tokens("a secret of at least thirty-two bytes")
    front = WebSocketFront(connections=20_000, per_address=20_000, silence=3600, leave_within=0.1)
    listener = socket.create_server(("127.0.0.1", 0), backlog=8192)
    async with Tidings(store, front, tokens=tokens) as tidings:
        ws: Any = front.protocol
        config = uvicorn.Config(front.app, ws=ws, lifespan="off", log_level="warning")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listener]))
        yield Server(tidings, tokens, listener.getsockname()[1])
        server.should_exit = server.force_exit = True
        await running


async def paced() -> str:
    return await _broadcasting(events=1, rounds=80, pause=PAUSE)


async def bursts() -> str:
    return await _broadcasting(events=16, rounds=15, pause=0.06)


async def _broadcasting(events: int, rounds: int, pause: float, count: int = 1000) -> str:
    """Publish so many events at once, again and again, beside the loop in C doing the same."""
    async with (
        serving(MemoryStore()) as server,
        loading() as load,
        sending(load, count) as sends,
    ):
        await load.open("front", server.port, [server.hello(f"user{n}") for n in range(count)])
        await _subscribe(load, count)
        size, pairs = FRAME * events, []
        for _ in range(6):
            least = await sends.cost(load, rounds, pause, size) if sends else 0.0
            start = time.process_time()
            await asyncio.gather(
                load.receive("front", rounds * size * count),
                _publish(server.tidings, events, rounds, pause),
            )
            pairs.append((time.process_time() - start, least))
        deliveries = rounds * events * count
        mine = [spent / deliveries * 1e6 for spent, _ in pairs]
        found = f"{median(mine):.2f} us a delivery"
        if not sends:
            return f"{found}; no C compiler is here to measure this machine with"
        theirs = [least / events * 1e6 for _, least in pairs]
        ratio = median([a / b for a, b in zip(mine, theirs, strict=True)])
        return f"{found}, C {median(theirs):.2f} us: {ratio:.2f} times"


async def _subscribe(load: Load, count: int) -> None:
    await load.say("front", '{"request":"subscribe","id":1,"channel":"news"}')
    await load.receive("front", len(b'  {"reply":1,"channel":"news"}') * count)


async def _publish(tidings: Tidings, events: int, rounds: int, pause: float) -> None:
    empty = '{"channel":"news","event":"built","data":"","id":"%s"}' % ("0" * 36)
    data = "x" * (FRAME - 4 - len(empty))
    loop = asyncio.get_running_loop()
    start = loop.time()
    for n in range(rounds):
        await asyncio.sleep(start + n * pause - loop.time())
        await asyncio.gather(*(tidings.publish("news", "built", data) for _ in range(events)))


async def memory() -> str:
    return await _idle(MemoryStore())


async def memory_sql() -> str:
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        return await _idle(SqlStore(f"sqlite:///{folder}/tidings.db"))


async def _idle(store: object) -> str:
    count = min(20_000, raise_files() - 100)
    async with serving(store) as server, loading() as load:
        await load.open("warm", server.port, [server.hello(f"first{n}") for n in range(500)])
        before, start = resident(), time.process_time()
        hellos = [server.hello(f"user{n}") for n in range(count - 500)]
        await load.open("front", server.port, hellos)
        hellos.clear()
        spent = time.process_time() - start
        await asyncio.sleep(2)
        grown = (resident() - before) / (count - 500)
        start = time.process_time()
        await asyncio.sleep(5)
        idle = (time.process_time() - start) / 5
        return (
            f"{grown / 1024:.1f} KiB a connection, {count:,} held; each took"
            f" {spent / (count - 500) * 1e6:.0f} us to let in; idle, they take {idle:.1%} of a core"
        )


def resident() -> int:
    """Return how many bytes of memory this process has."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def note(n: int) -> Notification:
    """Return a notification of about 300 bytes of JSON."""
    return Notification(
        heading=f"Build {n} passed",
        content="All 1,204 tests passed in 3 minutes and 12 seconds on two machines; " * 2,
        payload=Payload(path=f"/builds/{n}"),
    )


async def singly() -> str:
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        async with serving(SqlStore(f"sqlite:///{folder}/tidings.db")) as server, loading() as load:
            users = [f"user{n}" for n in range(1000)]
            await load.open("front", server.port, list(map(server.hello, users)), look="offsets")
            await asyncio.gather(
                load.receive("front", 1000), _push_singly(server.tidings, users, 1000)
            )
            clock, start = time.perf_counter(), time.process_time()
            seen, _ = await asyncio.gather(
                load.receive("front", 20_000), _push_singly(server.tidings, users, 20_000)
            )
            assert seen["wrong"] == 0
            rate = 20_000 / (time.process_time() - start)
            wall = 20_000 / (time.perf_counter() - clock)
            return f"{rate:,.0f} a second of processor time ({wall:,.0f}/s)"


async def _push_singly(tidings: Tidings, users: Sequence[str], count: int) -> None:
    numbers = iter(range(count))

    async def call() -> None:
        for n in numbers:
            await tidings.push(users[n % len(users)], note(n))

    await asyncio.gather(*(call() for _ in range(200)))


async def returning() -> str:
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        return await _returning(SqlStore(f"sqlite:///{folder}/tidings.db"))


async def returning_memory() -> str:
    return await _returning(MemoryStore())


async def _returning(store: object, count: int = 5000, missed: int = 20) -> str:
    users = [f"user{n}" for n in range(count)]
    async with serving(store) as server, loading() as load:
        first = await server.tidings.push(users, note(0))
        for n in range(missed):
            await server.tidings.push(users, note(n))
        hellos = [
            server.hello(user, f"?after={stored.position.epoch}:{stored.position.offset}", 1)
            for user, stored in first.results.items()
            if isinstance(stored, Stored)
        ]
        clock, start = time.perf_counter(), time.process_time()
        await load.open("front", server.port, hellos, look="offsets", at_once=count)
        seen = await load.receive("front", count * missed)
        spent, took = time.process_time() - start, time.perf_counter() - clock
        await server.tidings.push(users, note(0))
        after = await load.receive("front", count)
        assert seen["wrong"] == after["wrong"] == 0
        return (
            f"{spent:.2f} s of processor time ({took:.1f} s): {spent / count * 1e6:,.0f} us a"
            " client; each missed event once and in its turn, and the next one live"
        )


async def latency() -> str:
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        async with serving(SqlStore(f"sqlite:///{folder}/tidings.db")) as server, loading() as load:
            users = [f"user{n}" for n in range(1000)]
            await load.open("front", server.port, list(map(server.hello, users)), look="latencies")
            numbers, start = iter(range(10_000)), time.perf_counter()

            async def call() -> None:
                for n in numbers:
                    await _push_now(server.tidings, users[n % 1000])

            await asyncio.gather(load.receive("front", 10_000), *(call() for _ in range(200)))
            half = 10_000 / (time.perf_counter() - start) / 2
            count = int(10 * half)
            seen, _ = await asyncio.gather(
                load.receive("front", count), _push_paced(server.tidings, users, half, count)
            )
            spread = ", ".join(f"p{share} {float(s) * 1000:.1f} ms" for share, s in seen.items())
            return f"{spread}, at {half:,.0f} pushes/s: half of what 200 callers got"


async def _push_paced(tidings: Tidings, users: Sequence[str], rate: float, count: int) -> None:
    """Begin so many pushes in a second, however long they take."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with asyncio.TaskGroup() as group:
        for n in range(count):
            if (early := start + n / rate - loop.time()) > 0:
                await asyncio.sleep(early)
            group.create_task(_push_now(tidings, users[n % len(users)]))


async def _push_now(tidings: Tidings, user: str) -> None:
    """Push what says when that was."""
    payload = Payload(data={"at": time.perf_counter()})
    await tidings.push(user, Notification(heading="Build passed", payload=payload))


async def making() -> str:
    start = time.process_time()
    for n in range(20_000):
        note(n).to_json()
    return f"{20_000 / (time.process_time() - start):,.0f}/s"


BENCHES: dict[str, Bench] = {
    "making a notification": making,
    "paced": paced,
    "bursts": bursts,
    "memory": memory,
    "memory, SQL": memory_sql,
    "singly": singly,
    "returning": returning,
    "returning, memory": returning_memory,
    "latency": latency,
}


def main() -> None:
    names: Iterable[str] = sys.argv[1:] or BENCHES
    if os.environ.get("SERVER") == "1":
        on_one_core()
        raise_files()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            print(runner.run(BENCHES[sys.argv[1]]()))
        return
    for name in names:
        found = subprocess.run(
            [sys.executable, __file__, name],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, "SERVER": "1"},
        )
        print(f"{name:22} {found.stdout.strip()}", flush=True)


if __name__ == "__main__":
    main()
