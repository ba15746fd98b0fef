"""Starting and ending processes that write."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).parent / "writer.py"


class Answered(NamedTuple):
    """What a process was answered: its event is in the log of this channel, at this offset."""

    channel: str
    id: str
    offset: int


class Writer:
    """A process that starts others which push."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._said = process.stdout
        self._told = process.stdin

    async def push(self, name: str, first: int, count: int, kill_after: float) -> list[Answered]:
        """Let a process push, and kill it after so many seconds if it has not ended by then."""
        self._told.write(f"{name} {first} {count}\n".encode())
        pid = int(await self._said.readline())
        killing = asyncio.get_running_loop().call_later(kill_after, os.kill, pid, signal.SIGKILL)
        answers = []
        while (line := await self._said.readline()) != b"end\n":
            answers.append(Answered(*json.loads(line)))
        killing.cancel()
        return answers


@asynccontextmanager
async def writer(url: str) -> AsyncIterator[Writer]:
    """Start what starts processes that write to this database."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    process.stdin.write(f"{url}\n".encode())
    try:
        yield Writer(process)
    finally:
        process.stdin.close()
        assert await process.wait() == 0
