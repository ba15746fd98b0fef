"""How fast the core is with the memory plugin: `uv run python tests/benchmarks/memory.py`.

Each figure is taken in a process of its own, by the processor time the operating system charged
to it, not by the wall clock; the prints are for people, nothing asserts them.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

from tidings import Notification, Payload, Position, Tidings
from tidings_memory import MemoryBroker, MemoryStore

Bench = Callable[[], Coroutine[Any, Any, str]]


def note(n: int) -> Notification:
    """Return a notification of about 300 bytes of JSON."""
    return Notification(
        heading=f"Build {n} passed",
        content="All 1,204 tests passed in 3 minutes and 12 seconds on two machines; " * 2,
        payload=Payload(path=f"/builds/{n}"),
    )


async def one_caller() -> str:
    return await _pushing(callers=1, each=20_000)


async def two_hundred_callers() -> str:
    return await _pushing(callers=200, each=300)


async def _pushing(callers: int, each: int) -> str:
    async with Tidings() as tidings, tidings.inbox("ann").changes() as device:

        async def call(caller: int) -> None:
            for n in range(each):
                await tidings.push("ann", note(caller * each + n))

        async def follow() -> None:
            for _ in range(callers * each):
                await anext(device)

        start = time.process_time()
        following = asyncio.create_task(follow())
        await asyncio.gather(*(call(caller) for caller in range(callers)))
        await following
        return f"{callers * each / (time.process_time() - start):,.0f} pushes/s, all heard"


async def thousand_users() -> str:
    users = [f"user{n}" for n in range(1000)]
    async with Tidings() as tidings, tidings.inbox("user7").changes() as device:
        start = time.process_time()
        for n in range(100):
            await tidings.push(users, note(n))
        for _ in range(100):
            await anext(device)
        return f"{100_000 / (time.process_time() - start):,.0f} entries/s"


async def held() -> str:
    async with Tidings() as tidings:
        await tidings.push("warm", note(0))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await _fill(tidings, 100_000)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        return f"{grown / 1024:,.0f} MB for 100,000 notifications in one inbox"


async def inbox_page() -> str:
    async with Tidings() as tidings:
        await _fill(tidings, 100_000)
        inbox = tidings.inbox("ann")
        middle = Position((await inbox.page(1)).position.epoch, 50_000)
        start = time.process_time()
        for _ in range(200):
            page = await inbox.page(50, before=middle)
            _ = [entry.notification.heading for entry in page.entries]
        return f"{(time.process_time() - start) / 200 * 1000:.2f} ms for 50 of 100,000, parsed"


async def catching_up() -> str:
    async with Tidings(MemoryBroker(), MemoryStore()) as tidings:
        async with tidings.inbox("ann").changes() as device:
            await tidings.push("ann", note(0))
            await anext(device)
            after = device.position
        await _fill(tidings, 10_000)
        start = time.process_time()
        async with tidings.subscribe("private-user-ann", after=after) as missed:
            for _ in range(10_000):
                await anext(missed)
        return f"{(time.process_time() - start) * 1000:.0f} ms for 10,000 missed entries"


async def _fill(tidings: Tidings, count: int) -> None:
    for begin in range(0, count, 500):
        await asyncio.gather(*(tidings.push("ann", note(begin + n)) for n in range(500)))


async def making() -> str:
    start = time.process_time()
    for n in range(20_000):
        note(n).to_json()
    return f"{20_000 / (time.process_time() - start):,.0f}/s (a measure of this machine)"


BENCHES: dict[str, Bench] = {
    "making a notification": making,
    "one caller, one device": one_caller,
    "200 callers, one device": two_hundred_callers,
    "one push to 1,000 users": thousand_users,
    "memory": held,
    "inbox page": inbox_page,
    "catching up": catching_up,
}


def main() -> None:
    if len(sys.argv) > 1:
        print(asyncio.run(BENCHES[sys.argv[1]]()))
        return
    for name in BENCHES:
        found = subprocess.run(
            [sys.executable, __file__, name], capture_output=True, text=True, check=True
        )
        print(f"{name:26} {found.stdout.strip()}")


if __name__ == "__main__":
    main()
