"""A program for Node that a test runs and speaks with in lines of JSON."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

WITHIN = 20.0
"""How long to wait for an answer, in seconds."""

_LONGEST_LINE = 4 * 1024 * 1024

Line = dict[str, Any]


class NodeError(Exception):
    """The program's own error, as it told it.

    Attributes:
        about: its name, message and what else there was.
    """

    def __init__(self, about: Line) -> None:
        super().__init__(f"{about.get('name')}: {about.get('message')}")
        self.about = about


class NodeProcess:
    """A running program.

    Args:
        process: with pipes to it.
        written: what it writes as errors; shown when it dies.
        told: is called with each line that answers no question of the test.
    """

    def __init__(
        self, process: Process, written: IO[bytes], told: Callable[[Line], Awaitable[None]]
    ) -> None:
        self._process = process
        self._written = written
        self._told = told
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def ask(self, do: str, **arguments: Any) -> Any:
        """Have it do something, and return the result.

        Raises:
            NodeError: it failed.
        """
        number = next(self._ids)
        self._asked[number] = answer = asyncio.get_running_loop().create_future()
        self.send({"id": number, "do": do, **arguments})
        await asyncio.wait([answer, self._reading], timeout=WITHIN, return_when="FIRST_COMPLETED")
        del self._asked[number]
        assert answer.done(), f"Node did not answer {do!r}: {self.errors()}"
        return answer.result()

    def send(self, line: Line) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")

    def errors(self) -> str:
        """Return the end of what it wrote as errors."""
        size = self._written.seek(0, 2)
        self._written.seek(max(0, size - 4_000))
        return self._written.read().decode(errors="replace")

    async def stop(self) -> None:
        """Let it end, or end it; then it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(2):
                await self._reading
        finally:
            if self._process.returncode is None and not self._reading.done():
                self._process.kill()
            self._reading.cancel()
            await self._process.wait()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for text in self._process.stdout:
            line = json.loads(text)
            if "id" not in line:
                await self._told(line)
            elif (answer := self._asked.get(line["id"])) is None or answer.done():
                pass  # whoever asked no longer waits
            elif "error" in line:
                answer.set_exception(NodeError(line["error"]))
            else:
                answer.set_result(line["value"])


@asynccontextmanager
async def node_process(
    program: Path, *arguments: str, told: Callable[[Line], Awaitable[None]]
) -> AsyncIterator[NodeProcess]:
    """Run a program, until exit.

    Args:
        program: a file for Node; it reads questions, and ends where they do.
        arguments: for it.
        told: is called with each line that answers no question, one after another.
    """
    with TemporaryFile() as written:
        process = await asyncio.create_subprocess_exec(
            "node", str(program), *arguments, stdin=PIPE, stdout=PIPE, stderr=written,
            limit=_LONGEST_LINE,
        )  # fmt: skip
        running = NodeProcess(process, written, told)
        try:
            yield running
        finally:
            await running.stop()
