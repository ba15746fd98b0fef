"""A server that is killed in the middle of a batch, and started anew on the same port."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from logic.following import ids, note, take
from served import KEY
from tidings import Tidings, Tokens
from tidings_websocket import WebSocketClient

_TESTS = Path(__file__).parents[2]


@asynccontextmanager
async def process(database: Path, port: int = 0) -> AsyncIterator[tuple[Process, int]]:
    path = os.pathsep.join([str(_TESTS), *sys.path])
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "websocket_plugin.client.process",
        str(port),
        f"sqlite:///{database}",
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        assert started.stdout is not None
        yield started, int(await started.stdout.readline())
    finally:
        with suppress(ProcessLookupError):
            started.kill()
        await started.wait()


async def test_what_it_was_asked_for_is_stored_once_and_in_order(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(200)]
    token = Tokens(KEY).issue("ops", ttl=timedelta(hours=1), tidings="admin")
    async with (
        process(tmp_path / "a.db") as (first, port),
        Tidings(WebSocketClient(f"ws://127.0.0.1:{port}/ws", token)) as tidings,
        tidings.inbox("ann").changes(200) as changes,
    ):
        pushing = asyncio.gather(*(tidings.push("ann", note(name)) for name in names))
        await take(changes, 20)
        first.kill()
        await first.wait()
        async with process(tmp_path / "a.db", port):
            receipts = await pushing
            await take(changes, 180)

            offsets = [receipt.positions["ann"].offset for receipt in receipts]
            assert offsets == list(range(1, 201))
            page = await tidings.inbox("ann").page(200)
            assert ids(page.entries) == names[::-1]
            assert changes._device.page.entries == page.entries
