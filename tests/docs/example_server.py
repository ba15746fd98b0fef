"""An example of the docs, run as its first lines say, on a port of its own."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fronts import until

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
_STARTED_WITHIN = 40.0  # seconds: a process that imports a framework, on a busy machine
_ENDED_WITHIN = 20.0
_LISTENING = re.compile(r"(?:unning on http|listens on ws)(://127\.0\.0\.1:[1-9][0-9]*)")


@asynccontextmanager
async def running(
    example: str, folder: Path, *command: str, **variables: str
) -> AsyncIterator[str]:
    """Run a server, `python -m` these words, until exit; give its address.

    Args:
        example: its folder in docs/examples, where the server is started.
        folder: where its log goes.
        command: the module and its arguments.
        variables: of its environment.
    """
    log = folder / "log"
    with (
        log.open("wb") as written,
        subprocess.Popen(  # noqa: S603, ASYNC220 (it does not wait)
            [sys.executable, "-m", *command],
            cwd=EXAMPLES / example,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **variables},
            stdout=written,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            await until(
                lambda: process.poll() is not None or _LISTENING.search(log.read_text()),
                "the server was there",
                _STARTED_WITHIN,
            )
            found = _LISTENING.search(log.read_text())
            assert found, log.read_text()
            yield "http" + found[1]
        finally:
            await asyncio.to_thread(end, process)


def end(process: subprocess.Popen[bytes]) -> int:
    """Tell a program to end, and return its code; one that does not listen is killed."""
    process.terminate()
    try:
        return process.wait(_ENDED_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
