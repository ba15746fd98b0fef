"""`tidings serve` as people run it: a process, its clients, its end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from fronts import until
from tidings import Identity, Notification, Tickets, Tidings, Tokens
from tidings_sql import SqlStore
from websocket_plugin.cli.certificates import certify
from websocket_plugin.cli.processes import (
    KEY,
    Streams,
    come,
    configure,
    environment,
    serving,
    until_closed,
    until_heard,
)

RESTART = 1012


def pushed(folder: Path, line: str) -> None:
    """Type a line that was printed."""
    here = environment(TIDINGS_PLUGINS__SQL__URL="sqlite:///tidings.db")
    command = [sys.executable, "-m", *shlex.split(line)]
    subprocess.run(command, cwd=folder, env=here, check=True, capture_output=True)  # noqa: S603


async def test_a_first_try_needs_no_settings(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        said = await asyncio.to_thread(server.read, "  eyJ")
        watch = re.search(r"TIDINGS_TOKEN=(\S+) tidings watch --url (\S+)\n", said)
        assert watch is not None
        token, url = watch.groups()
        offered = ["tidings.v1", f"tidings.token.{token}"]

        async with connect(url, subprotocols=offered) as browser:  # type: ignore[arg-type]
            assert json.loads(await browser.recv())["data"]["user"] == "ann"
            line = next(line.strip() for line in said.splitlines() if "tidings push" in line)
            await asyncio.to_thread(pushed, tmp_path, line)
            assert json.loads(await browser.recv())["data"]["heading"] == "It works"
            server.signal()
            assert await server.ended() == 0

        assert "no key is configured" in said.lower()
        assert str(tmp_path / "tidings.db") in said
        assert token[-20:] not in server.err
        assert "Traceback" not in server.err


async def test_a_first_try_is_looked_at_in_a_browser(tmp_path: Path) -> None:
    with serving(tmp_path, "--json") as server:
        told = json.loads(await asyncio.to_thread(server.read))

        async with httpx.AsyncClient(base_url=told["page"]) as browser:
            assert "Tidings is here" in (await browser.get("/")).text
            offer = (await browser.get("/start/offer")).json()
            assert offer["guests"] == ["ann"]
            assert (await browser.post("/start/token?user=ann")).status_code == 200
            operator = {"authorization": f"Bearer {told['operator']}"}
            assert (await browser.get("/console/state", headers=operator)).status_code == 200


async def test_with_a_key_of_ones_own_a_browser_is_let_in_by_nothing_but_a_token(
    tmp_path: Path,
) -> None:
    configure(tmp_path, "[plugins.memory-store]")
    with serving(tmp_path, "--json") as server:
        told = json.loads(await asyncio.to_thread(server.read))
        assert not {"token", "operator"} & set(told)

        async with httpx.AsyncClient(base_url=told["page"]) as browser:
            assert (await browser.get("/start/offer")).json()["guests"] == []
            assert (await browser.post("/start/token?user=ann")).status_code == 403


async def test_a_thousand_clients_are_sent_away_and_the_server_ends_well(tmp_path: Path) -> None:
    settings = ["[plugins.memory-store]", "[plugins.websocket]"]
    configure(tmp_path, *settings, "per_user = 1000", "leave_within = 0.5")
    token = Tokens(KEY).issue("ann")
    with serving(tmp_path, "--json") as server:
        await asyncio.to_thread(server.read)
        clients = await come(server.port, token, 1_000)

        server.signal()
        codes = {await until_closed(reader) for reader, _ in clients}
        for _, writer in clients:
            writer.close()

        assert await server.ended() == 0
        assert codes == {RESTART}
        assert "Traceback" not in server.err
        (line,) = server.lines("clients are sent away")
        assert line["connections"] == 1_000


async def test_two_workers_reach_each_others_clients(tmp_path: Path) -> None:
    configure(tmp_path)
    token = Tokens(KEY).issue("ann")
    with serving(tmp_path, "--json", "--workers", "2", "--log-level", "debug") as server:
        await asyncio.to_thread(server.read)
        clients: list[Streams] = []
        while len({line["process"] for line in server.lines("a client came")}) < 2:
            clients += await come(server.port, token, 4)

        store = SqlStore(url=f"sqlite:///{tmp_path / 'tidings.db'}")
        async with Tidings(store) as elsewhere:
            await elsewhere.push("ann", Notification(heading="It works"))
        for reader, _ in clients:
            await until_heard(reader, b"It works")

        for worker in {line["process"] for line in server.lines("a client came")}:
            os.kill(worker, signal.SIGTERM)  # as systemd does, and the supervisor once more
        server.signal()
        assert {await until_closed(reader) for reader, _ in clients} == {RESTART}
        await until(lambda: "Terminated child process" in server.err, "they were told")
        for _, writer in clients:
            writer.close()
        assert await server.ended() == 0
        assert "Traceback" not in server.err


@pytest.mark.long  # three processes, for what hardly ever happens
async def test_workers_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    configure(tmp_path)
    with serving(tmp_path, "--json", "--workers", "2") as server:
        await asyncio.to_thread(server.read)
        ((reader, writer),) = await come(server.port, Tokens(KEY).issue("ann"), 1)
        server.signal(signal.SIGKILL)

        assert await until_closed(reader) == RESTART
        writer.close()
        await until(lambda: len(server.lines("clients may come no more")) == 2, "both have ended")


async def test_no_ticket_gets_into_the_log(tmp_path: Path) -> None:
    configure(tmp_path, "[plugins.memory-store]")
    tickets = Tickets(Tokens(KEY))
    used, unused = tickets.issue(Identity("ann")), tickets.issue(Identity("ann"))
    with serving(tmp_path, "--json", "--log-level", "debug") as server:
        await asyncio.to_thread(server.read)
        at = f"//127.0.0.1:{server.port}/ws?ticket="

        async with connect(f"ws:{at}{used}") as client:
            assert json.loads(await client.recv())["data"]["user"] == "ann"
        with pytest.raises(HTTPError, match="426"):  # as through a proxy that loses the upgrade
            await asyncio.to_thread(urlopen, f"http:{at}{unused}")

        server.signal(signal.SIGINT)
        assert await server.ended() == 0
        assert len(server.lines("a client went")) == 1
        assert used[-20:] not in server.err
        assert unused[-20:] not in server.err
        assert KEY not in server.err


async def test_a_certificate_makes_it_wss(tmp_path: Path) -> None:
    certify(tmp_path / "pair.pem")
    configure(tmp_path, "[plugins.memory-store]")
    trusting = ssl.create_default_context(cafile=tmp_path / "pair.pem")
    with serving(tmp_path, "--json", "--ssl-certfile", "pair.pem") as server:
        await asyncio.to_thread(server.read)
        url = json.loads(server.said)["listening"]
        bearer = {"Authorization": f"Bearer {Tokens(KEY).issue('ann')}"}

        assert url.startswith("wss://127.0.0.1:")
        async with connect(url, ssl=trusting, additional_headers=bearer) as client:
            assert json.loads(await client.recv())["data"]["user"] == "ann"
            server.signal()
            with pytest.raises(ConnectionClosedError) as closed:
                await client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == RESTART
        assert await server.ended() == 0


async def test_what_cannot_be_opened_is_told_in_a_line(tmp_path: Path) -> None:
    configure(tmp_path, "[plugins.sql]", 'url = "sqlite:///nowhere/tidings.db"')
    with serving(tmp_path, "--json") as server:
        assert await server.ended() == 1

        (line,) = [line for line in server.err.splitlines() if "tidings.serve" in line]
        assert json.loads(line)["level"] == "error"
        assert "Traceback" not in server.err
