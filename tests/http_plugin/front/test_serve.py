"""`tidings serve` answers HTTP too: a process, its streams, its end and its return."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from event_source import event_source
from tidings import Tokens
from websocket_plugin.cli.processes import KEY, configure, serving

NOTE = {"heading": "Build passed"}


@pytest.mark.long  # two processes; what it goes on with is told in test_recovery
async def test_a_stream_goes_on_where_it_stopped_when_the_server_returns(tmp_path: Path) -> None:
    configure(tmp_path)
    tokens = Tokens(KEY)
    ann = {"authorization": f"Bearer {tokens.issue('ann')}"}
    ops = {"authorization": f"Bearer {tokens.issue('ops', tidings='admin')}"}
    body = {"users": ["ann"], "notification": NOTE}
    with serving(tmp_path, "--json") as server:
        server.read()
        url = f"http://127.0.0.1:{server.port}"
        async with (
            httpx.AsyncClient(base_url=url, headers=ops) as client,
            event_source(server.port, "/inbox/events", ann) as source,
        ):
            assert (await source.next()).name == "tidings:welcome"
            assert (await client.get("/readyz")).json()["ready"] is True
            assert (await client.post("/push", json=body)).is_success
            assert (await source.next()).data["data"]["heading"] == "Build passed"
            server.signal()
            assert await source.ended() == "restart"
            assert source.whole
        assert await server.ended() == 0
        last = source.last or ""
    with serving(tmp_path, "--json") as server:
        server.read()
        headers = ann | {"last-event-id": last}
        url = f"http://127.0.0.1:{server.port}"
        async with (
            httpx.AsyncClient(base_url=url, headers=ops) as client,
            event_source(server.port, "/inbox/events", headers) as source,
        ):
            assert (await source.next()).data["counts"] == {"pending": 1, "unseen": 1}
            note = NOTE | {"heading": "Deployed"}
            await client.post("/push", json=body | {"notification": note})
            told = await source.next()
            assert told.data["data"]["heading"] == "Deployed"
            assert told.data["position"]["offset"] == 2
