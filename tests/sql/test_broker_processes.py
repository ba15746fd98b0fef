"""A device in one process, a worker that pushes in another: a real one, that ends and is killed."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median

from sql.nodes import ANN, headings, heard, nodes, numbered, push_all
from tidings.event import Delivery, Event
from tidings.names import CONTROL_CHANNEL
from tidings.service import DISCONNECT

WORKER = """
import sys, time
from tidings import Notification
from tidings.blocking import Tidings
from tidings_sql import SqlStore

url, count = sys.argv[1], int(sys.argv[2])
with Tidings(SqlStore(url)) as tidings:
    for number in range(count):
        sent = {"sent": time.time()}
        tidings.push("ann", Notification(heading=f"Number {number}", data=sent))
        tidings.publish("progress", "step", number)
    tidings.disconnect("ann", revoke=True)
    if sys.argv[3:]:
        print("pushed", flush=True)
        sys.stdin.read()
"""


@asynccontextmanager
async def worker(url: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start one; in the end it must have ended well, or have been killed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, url, *arguments, stdin=pipe, stdout=pipe
    )
    try:
        yield process
        assert await process.wait() in (0, -9)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def delay(event: Event, now: float) -> float:
    sent: float = json.loads(event.data)["data"]["sent"]
    return now - sent


async def test_a_device_sees_what_a_worker_pushes_within_a_second(url: str) -> None:
    async with (
        nodes(url) as (here,),
        here.subscribe(ANN) as listening,
        here.subscribe("progress") as progress,
        worker(url, "50"),
    ):
        delays, events = [], []
        for _ in range(50):
            events += await heard(listening, 1)
            delays.append(delay(events[-1], time.time()))

        assert headings(events) == numbered(0, 50)
        assert median(delays) < 1
        assert [int(event.data) for event in await heard(progress, 50)] == [*range(50)]


async def test_a_front_is_told_by_a_worker_whom_to_cut_off(url: str) -> None:
    told: asyncio.Queue[Delivery] = asyncio.Queue()

    def hear(deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            told.put_nowait(delivery)

    async with nodes(url) as (here,), here.listen(CONTROL_CHANNEL) as control:
        control.attach(hear)
        async with worker(url, "0"), asyncio.timeout(30):
            event = await told.get()

    assert isinstance(event, Event)
    assert (event.name, event.data) == (DISCONNECT, b'{"user":"ann","revoked":true}')


async def test_what_a_worker_had_pushed_when_it_was_killed_is_there_and_what_comes_next(
    url: str,
) -> None:
    async with nodes(url, url) as (here, there), here.subscribe(ANN) as listening:
        async with worker(url, "5", "and wait") as process:
            assert process.stdout is not None
            await process.stdout.readline()
            process.kill()
        await push_all(there, numbered(5, 10))

        assert headings(await heard(listening, 10)) == numbered(0, 10)
