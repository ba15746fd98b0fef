"""What blocking costs, beside awaiting: `uv run python tests/benchmarks/blocking.py`.

Each figure is taken in a process of its own, by the wall clock as well as by the processor time
charged to it, for a thread that waits costs time and no work; the prints are for people.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import tidings
from tidings import Notification, Payload
from tidings.blocking import Tidings

PUSHES = 10_000


def note(n: int) -> Notification:
    """Return a notification of about 300 bytes of JSON."""
    return Notification(
        heading=f"Build {n} passed",
        content="All 1,204 tests passed in 3 minutes and 12 seconds on two machines; " * 2,
        payload=Payload(path=f"/builds/{n}"),
    )


class Stopwatch:
    """Says what a number of calls took, each."""

    def __init__(self) -> None:
        self._wall, self._work = time.perf_counter(), time.process_time()

    def read(self, calls: int) -> str:
        """Return microseconds a call, and calls a second."""
        wall = time.perf_counter() - self._wall
        work = time.process_time() - self._work
        each = f"{wall / calls * 1e6:6.0f} us each ({work / calls * 1e6:.0f} of work)"
        return f"{each}, {calls / wall:,.0f}/s"


def awaited() -> str:
    async def push() -> str:
        async with tidings.Tidings() as awaiting:
            watch = Stopwatch()
            for n in range(PUSHES):
                await awaiting.push("ann", note(n))
            return watch.read(PUSHES)

    return asyncio.run(push())


def blocking() -> str:
    return threads(1)


def threads(count: int) -> str:
    def work(worker: int) -> None:
        for n in range(PUSHES // count):
            blocked.push(f"user{worker}", note(n))

    with Tidings() as blocked, ThreadPoolExecutor(count) as pool:
        watch = Stopwatch()
        list(pool.map(work, range(count)))
        return watch.read(PUSHES)


def page_awaited() -> str:
    async def read() -> str:
        async with tidings.Tidings() as awaiting:
            await awaiting.push("ann", note(0))
            inbox = awaiting.inbox("ann")
            watch = Stopwatch()
            for _ in range(PUSHES):
                await inbox.page()
            return watch.read(PUSHES)

    return asyncio.run(read())


def page_blocking() -> str:
    with Tidings() as blocked:
        blocked.push("ann", note(0))
        inbox = blocked.inbox("ann")
        watch = Stopwatch()
        for _ in range(PUSHES):
            inbox.page()
        return watch.read(PUSHES)


def opening() -> str:
    watch = Stopwatch()
    for _ in range(100):
        with Tidings():
            pass
    return watch.read(100)


BENCHES: dict[str, Callable[[], str]] = {
    "a push, awaited": awaited,
    "a push, blocking": blocking,
    "a push, 8 threads": lambda: threads(8),
    "a push, 50 threads": lambda: threads(50),
    "a page, awaited": page_awaited,
    "a page, blocking": page_blocking,
    "opening and closing": opening,
}


def main() -> None:
    if len(sys.argv) > 1:
        print(BENCHES[sys.argv[1]]())
        return
    for name in BENCHES:
        found = subprocess.run(
            [sys.executable, __file__, name], capture_output=True, text=True, check=True
        )
        print(f"{name:26} {found.stdout.strip()}")


if __name__ == "__main__":
    main()
