"""The other processes of a measurement, driven from the server's: clients, and a loop in C."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).parent

Hello = tuple[str, str, int]
"""A client's query string, its token, and the offset of the last event it has."""


class Load:
    """Clients in a process of their own; each method ends once it is done there."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def open(
        self,
        group: str,
        port: int,
        clients: Sequence[Hello],
        *,
        look: str = "bytes",
        at_once: int = 100,
        path: str = "/ws",
        stream: bool = False,
    ) -> None:
        """Connect clients and wait for their welcomes; `at_once` so many are under way.

        stream: of events, over HTTP.
        """
        asked = {
            "clients": clients, "look": look, "at_once": at_once, "path": path, "stream": stream,
        }  # fmt: skip
        await self._ask("open", group=group, port=port, **asked)

    async def connect(self, group: str, port: int, count: int) -> None:
        """Connect clients that only listen."""
        await self._ask("connect", group=group, port=port, count=count)

    async def say(self, group: str, text: str) -> None:
        """Have each client of a group send a text."""
        await self._ask("say", group=group, text=text)

    async def receive(self, group: str, count: int) -> dict[str, Any]:
        """Wait until a group has got so much more, and return what it saw in it."""
        return await self._ask("receive", group=group, count=count)

    async def close(self, group: str) -> None:
        """Have a group leave."""
        await self._ask("close", group=group)

    async def _ask(self, name: str, **arguments: Any) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps([name, arguments]).encode() + b"\n")
        return dict(json.loads(await line(self._process)))


class Sends:
    """The loop of send() in C, over so many of a load's connections."""

    def __init__(self, process: Process, count: int) -> None:
        self._process = process
        self._count = count

    async def cost(self, load: Load, rounds: int, pause: float, size: int) -> float:
        """Send so many bytes to each connection, in rounds, and return the seconds one takes."""
        assert self._process.stdin
        self._process.stdin.write(f"{rounds} {int(pause * 1e6)} {size}\n".encode())
        await load.receive("sends", rounds * size * self._count)
        return float(await line(self._process)) / 1e9


@asynccontextmanager
async def loading() -> AsyncIterator[Load]:
    """Start the clients' process, on the last of this machine's cores."""
    async with _running(sys.executable, HERE / "clients.py") as process:
        yield Load(process)


@asynccontextmanager
async def sending(load: Load, count: int) -> AsyncIterator[Sends | None]:
    """Compile the loop in C and connect it with clients; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        yield None
        return
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        program = Path(folder) / "sends"
        compiling = await asyncio.create_subprocess_exec(
            compiler, "-O2", "-o", program, HERE / "sends.c"
        )
        assert await compiling.wait() == 0
        async with _running(program, str(count)) as process:
            await load.connect("sends", int(await line(process)), count)
            yield Sends(process, count)


@asynccontextmanager
async def _running(*command: str | Path) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def line(process: Process) -> bytes:
    """Read a line of what a process says."""
    assert process.stdout
    if not (text := await process.stdout.readline()):
        raise RuntimeError("a process of the measurement has ended too soon")
    return text


def on_one_core() -> str:
    """Have this process run on the first core, clients on the last; say whether those are two."""
    cores = os.sched_getaffinity(0)
    os.environ["CLIENTS_CORE"] = str(max(cores))
    os.sched_setaffinity(0, {min(cores)})
    return "" if len(cores) > 1 else "(clients on the same core) "
