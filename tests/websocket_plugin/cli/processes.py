"""`tidings serve` as a process of its own, and clients that cost little."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEY = "a secret of at least thirty-two bytes"

UPGRADE = (
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Authorization: Bearer {token}\r\n\r\n"
)
"""What a client says first."""

CLOSE = 0x88  # the first byte of a close frame (RFC 6455, 5.2)
LONGER = 126  # in the second: the length follows


def environment(**more: str) -> dict[str, str]:
    """Return an environment without settings but for these."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TIDINGS_")}
    return {**kept, "COLUMNS": "200", **more}


class Serving:
    """A server in a process.

    Attributes:
        said: what it wrote to stdout first.
        errors: the file to which its stderr goes.
    """

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.errors = folder / "stderr"
        self.process = process
        self.said = ""

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = int(json.loads(self.said)["listening"].rpartition(":")[2].partition("/")[0])
        return port

    @property
    def err(self) -> str:
        """What it wrote to stderr by now."""
        return self.errors.read_text("utf-8")

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Return its log lines with this message."""
        found = [line for line in self.err.splitlines() if f'"message": "{message}"' in line]
        return [json.loads(line) for line in found]

    def read(self, last: str = "") -> str:
        """Wait for what it says first, up to a line that begins so."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith(last):
                return self.said
        raise AssertionError(f"it ended: {self.err}")

    def signal(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; return the exit status."""
        return await asyncio.to_thread(self.process.wait, 50)


@contextmanager
def serving(folder: Path, *arguments: str, **variables: str) -> Iterator[Serving]:
    """Run `tidings serve` in a folder, until exit; it writes JSON if `--json` is given."""
    command = [sys.executable, "-m", "tidings", "serve", "--port", "0", *arguments]
    with (
        (folder / "stderr").open("w") as errors,
        subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        server = Serving(folder, process)
        try:
            yield server
        finally:
            if process.poll() is None:
                process.kill()


def configure(folder: Path, *lines: str) -> None:
    """Write a settings file, with a key and these lines."""
    (folder / "tidings.toml").write_text("\n".join([f"token_key = {KEY!r}", *lines]), "utf-8")


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def come(port: int, token: str, count: int) -> Sequence[Streams]:
    """Let so many clients in at once, who do no more than they must."""

    async def one() -> Streams:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(UPGRADE.format(token=token).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        await until_heard(reader, b"tidings:welcome")
        return reader, writer

    return await asyncio.gather(*[one() for _ in range(count)])


async def until_heard(reader: asyncio.StreamReader, words: bytes) -> None:
    """Wait for a message with these words in it."""
    while words not in (await _frame(reader))[1]:
        pass


async def until_closed(reader: asyncio.StreamReader) -> int:
    """Wait for a close frame; return its code."""
    while True:
        first, payload = await _frame(reader)
        if first == CLOSE:
            return int.from_bytes(payload[:2])


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, length = await reader.readexactly(2)
    size = int.from_bytes(await reader.readexactly(2)) if length == LONGER else length
    return first, await reader.readexactly(size)
