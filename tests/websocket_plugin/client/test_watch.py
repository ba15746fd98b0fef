"""`tidings watch`, as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from logic.following import WITHIN, note
from served import Served
from tidings import Tidings
from tidings.cli.root import cli
from tidings_memory import MemoryBroker, MemoryStore
from tidings_websocket import WebSocketClient


@asynccontextmanager
async def watching(*arguments: str, token: str | None) -> AsyncIterator[Process]:
    variables = {} if token is None else {"TIDINGS_TOKEN": token}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TIDINGS_")}
    watch = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tidings", "watch", *arguments),
        stdout=PIPE,
        stderr=PIPE,
        env={**kept, "COLUMNS": "80", "PYTHONPATH": os.pathsep.join(sys.path), **variables},
    )
    try:
        async with asyncio.timeout(2 * WITHIN):
            yield watch
    finally:
        with suppress(ProcessLookupError):
            watch.kill()
        await watch.communicate()


async def line(watch: Process) -> Any:
    assert watch.stdout is not None
    return json.loads(await watch.stdout.readline())


async def until(watch: Process, words: str) -> str:
    """Read what it shows, until these words are there."""
    assert watch.stdout is not None
    shown = ""
    while words not in shown:
        read = await watch.stdout.readline()
        assert read, shown
        shown += read.decode()
    return shown


async def test_it_shows_what_there_is_then_what_comes_and_outlasts_the_server() -> None:
    store = MemoryStore()
    async with AsyncExitStack() as stack:
        async with Served(MemoryBroker(), store) as server:
            client = WebSocketClient(server.url, server.admin())
            ops = await stack.enter_async_context(Tidings(client))
            await ops.push("ann", note("before"))
            token = server.tokens.issue("ann")
            watch = await stack.enter_async_context(
                watching("--url", server.url, "--json", token=token)
            )
            page = await line(watch)
            assert (page["update"], page["user"], page["pending"]) == ("page", "ann", 1)
            assert [entry["id"] for entry in page["entries"]] == ["before"]

            await ops.push("ann", note("live"))
            added = await line(watch)
            assert (added["update"], added["pending"], added["entry"]["id"]) == ("added", 2, "live")

        async with Served(MemoryBroker(), store, port=server.port):
            await ops.push("ann", note("after"))
            assert (await line(watch))["entry"]["id"] == "after"
            watch.send_signal(signal.SIGINT)
            assert await watch.wait() == 130
            assert watch.stderr is not None
            told = (await watch.stderr.read()).decode().split("\n")
            lost, again = [json.loads(said)["warning"]["message"] for said in told if said]
            assert lost.startswith(f"the connection to {server.url} was closed: 1012")
            assert again == f"connected to {server.url} again"
            await stack.aclose()


async def test_people_are_shown_words(tmp_path: Path) -> None:
    async with Served() as server, Tidings(WebSocketClient(server.url, server.admin())) as ops:
        (tmp_path / "token").write_text(server.admin() + "\n", "ascii")
        await ops.push("ann", note("before"))
        arguments = ("ann", "--url", server.url, "--token-file", str(tmp_path / "token"))
        async with watching(*arguments, token=None) as watch:
            assert (await until(watch, "About before")).startswith("ann: 1 pending, 1 unseen\n")
            await ops.inbox("ann").open("before")
            assert "0 pending, 0 unseen" in await until(watch, "opened")


async def test_it_ends_when_the_token_is_revoked() -> None:
    async with (
        Served() as server,
        Tidings(WebSocketClient(server.url, server.admin())) as ops,
        watching("--url", server.url, token=server.tokens.issue("ann")) as watch,
    ):
        await until(watch, "ann: 0 pending")
        await ops.disconnect("ann", revoke=True)

        assert await watch.wait() == 1
        assert watch.stderr is not None
        told = " ".join((await watch.stderr.read()).decode().split())
        assert "Error: this token was revoked: sign in again" in told


async def test_a_wrong_token_is_told_and_not_shown() -> None:
    async with Served() as server:
        forged = server.tokens.issue("ann")[:-4] + "AAAA"
        async with watching("--url", server.url, "--token", forged, token=None) as watch:
            out, err = await watch.communicate()

    assert (watch.returncode, out) == (1, b"")
    assert b"is not signed with this key" in err
    assert forged.encode() not in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--url", "ws://127.0.0.1:9/ws"], "set TIDINGS_TOKEN, or give --token-file"),
        (["--token", "x"], "Missing option '--url'"),
        (["--url", "http://a", "--token", "x"], "write it as wss://example.com/ws"),
        (["--url", "ws://a/ws", "--token-file", "missing"], "does not exist"),
    ],
)
def test_wrong_arguments_are_told(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIDINGS_TOKEN", raising=False)

    ran = CliRunner().invoke(cli, ["watch", *arguments])

    assert ran.exit_code
    assert told in " ".join(ran.stderr.split())


def test_its_help_says_who_can_read_a_token_on_the_command_line() -> None:
    shown = " ".join(CliRunner().invoke(cli, ["watch", "--help"]).output.split())

    assert "everyone on this machine can read it in the list of processes" in shown
    assert "env var: TIDINGS_TOKEN" in shown
