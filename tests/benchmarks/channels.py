"""What open channels cost: `uv run python tests/benchmarks/channels.py [memory|sqlite|postgresql]`.

20,000 users are connected, each with a channel of their own kept open, as a front does it. Each
figure is taken in a process of its own, on a fresh store that knows every one of these channels;
time is processor time as the operating system charges it to the process, all its threads
included. The prints are for people, nothing asserts them.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path[0] = str(Path(__file__).parents[1])  # in this folder, `sql` is another file

from tidings import Event, Listening, Notification, Position, Tidings, user_channel
from tidings.beat import ask_heads
from tidings.event import Delivery
from tidings.ids import new_id
from tidings.protocols import Log
from tidings_memory import MemoryBroker, MemoryStore
from tidings_sql import SqlStore

MANY = 20_000
RETURNING = 5_000
MISSED = 20

Bench = Callable[[str], Coroutine[Any, Any, str]]


class Watch:
    """Takes processor time, and how long the event loop was not let go of by the clock."""

    def __init__(self) -> None:
        self._start = time.process_time()
        self.longest = 0.0
        self._beat = asyncio.create_task(self._notice())

    async def micros(self, count: int, what: str) -> str:
        spent = time.process_time() - self._start
        self._beat.cancel()
        with suppress(asyncio.CancelledError):
            await self._beat
        each = spent / count * 1e6
        return f"{each:,.0f} us {what}, {spent:.2f} s in all; longest turn {self.longest:,.0f} ms"

    async def _notice(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            self.longest = max(self.longest, (time.perf_counter() - before) * 1000)


def users(count: int) -> list[str]:
    return [f"user{number}" for number in range(count)]


@asynccontextmanager
async def application(url: str, count: int, each: int = 1) -> AsyncIterator[Tidings]:
    """Open one whose store has so many notifications for each of so many users."""
    plugins = [MemoryBroker(), MemoryStore()] if not url else [SqlStore(url, synchronous="NORMAL")]
    async with Tidings(*plugins) as tidings:
        for number in range(each):
            for start in range(0, count, 1000):
                note = Notification(heading=f"Build {number} passed")
                await tidings.push(users(count)[start : start + 1000], note)
        yield tidings


class Heard:
    """Who listens: one for each channel, as a front has."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def hear(self, deliveries: Sequence[Delivery]) -> None:
        self.count += len(deliveries)


async def opened(tidings: Tidings, count: int, at_once: int = RETURNING) -> list[Listening]:
    async def one(user: str) -> Listening:
        listening = await tidings.listen(user_channel(user)).__aenter__()
        listening.attach(Heard().hear)
        return listening

    kept: list[Listening] = []
    for start in range(0, count, at_once):
        kept += await asyncio.gather(*map(one, users(count)[start : start + at_once]))
    return kept


async def memory(url: str) -> str:
    async with application(url, MANY) as tidings:
        await opened(tidings, 10)
        gc.collect()
        before = resident()
        kept = await opened(tidings, MANY, at_once=200)
        gc.collect()
        each = (resident() - before) / len(kept)
        return f"{each:,.0f} bytes for each of {len(kept):,}, name and listener included"


async def opening(url: str) -> str:
    async with application(url, RETURNING) as tidings:
        watch = Watch()
        await opened(tidings, RETURNING)
        return await watch.micros(RETURNING, f"for each of {RETURNING:,} at once")


async def coming_back(url: str) -> str:
    async with application(url, RETURNING, MISSED) as tidings:
        kept = await opened(tidings, RETURNING)
        watch = Watch()
        found = await asyncio.gather(*(read_up(listening) for listening in kept))
        assert sum(found) == RETURNING * MISSED
        return await watch.micros(RETURNING, f"for each, who missed {MISSED}")


async def read_up(listening: Listening) -> int:
    head = listening.head
    assert head is not None
    missed = listening.read_up(Position(head.epoch, 0))
    return sum([len(deliveries) async for deliveries in missed])


async def beat(url: str) -> str:
    async with application(url, MANY) as tidings:
        await opened(tidings, MANY)
        watch = Watch()
        log = tidings.hooks.store
        assert isinstance(log, Log)
        await ask_heads(tidings._open.channels, log)
        return await watch.micros(MANY, f"for each of {MANY:,}")


async def closing(url: str) -> str:
    async with application(url, MANY) as tidings:
        kept = await opened(tidings, MANY)
        watch = Watch()
        for listening in kept[: MANY // 2]:
            await listening.aclose()
        said = await watch.micros(MANY // 2, "for each, one by one")
        watch = Watch()
        await tidings._open.channels.close()
        return f"{said}\n{'':26} {await watch.micros(MANY // 2, 'for each, all at the end')}"


async def pushing(url: str) -> str:
    async with application(url, MANY) as tidings:
        await opened(tidings, MANY)
        watch = Watch()
        for start in range(0, MANY, 200):
            events = [
                Event(user_channel(user), "said", b"{}", new_id())
                for user in users(MANY)[start : start + 200]
            ]
            await tidings.submit(events)
        return await watch.micros(MANY, "for each event, 200 at once")


async def elsewhere(url: str) -> str:
    if not url:
        return "there is no other process"
    async with application(url, MANY) as tidings, Tidings(SqlStore(url)) as other:
        kept = await opened(tidings, MANY)
        heard = asyncio.Event()
        kept[7].attach(lambda _: heard.set())
        watch = Watch()
        await other.push("user7", Notification(heading="From another process"))
        await heard.wait()
        return await watch.micros(1, f"until one of {MANY:,} hears")


def resident() -> int:
    """Return how much memory this process has, in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


BENCHES: dict[str, Bench] = {
    "memory": memory,
    "opening": opening,
    "reading up": coming_back,
    "head beat": beat,
    "closing": closing,
    "pushing": pushing,
    "pushed elsewhere": elsewhere,
}


@contextmanager
def fresh(kind: str) -> Iterator[Callable[[str], AbstractContextManager[str]]]:
    """Give what opens a fresh store of this kind under a name, as the URL of it."""
    with TemporaryDirectory(prefix="tidings-") as folder:
        if kind == "memory":
            yield lambda _: nullcontext("")
        elif kind == "sqlite":
            yield lambda name: nullcontext(f"sqlite:///{folder}/{name}.db")
        else:
            from sql.databases import own_database, running_server

            with running_server(Path(folder), durable=True) as server:
                yield lambda name: own_database(server, name)


def main() -> None:
    kind, *name = sys.argv[1:] or ["memory"]
    if name:
        print(asyncio.run(BENCHES[name[0]](sys.argv[3])))
        return
    with fresh(kind) as store:
        for bench in BENCHES:
            with store(bench) as url:
                command = [sys.executable, __file__, kind, bench, url]
                found = subprocess.run(command, capture_output=True, text=True, check=True)
            print(f"{bench:26} {found.stdout.strip()}", flush=True)


if __name__ == "__main__":
    main()
