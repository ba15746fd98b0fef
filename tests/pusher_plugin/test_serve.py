"""`tidings serve` with a Pusher app: both languages and the HTTP API on one port."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from pusher import Pusher
from websockets.asyncio.client import connect

from tidings import Tokens
from websocket_plugin.cli.processes import KEY, configure, serving

SECRET = "a secret that is shown nowhere"
APP = ["[plugins.memory-store]", "[plugins.pusher]", 'app_id = "1"', 'key = "my-key"']


async def test_both_languages_are_spoken_on_one_port(tmp_path: Path) -> None:
    configure(tmp_path, *APP, f'secret = "{SECRET}"')
    token = Tokens(KEY).issue("ann")
    with serving(tmp_path, "--json") as server:
        await asyncio.to_thread(server.read)
        at = f"ws://127.0.0.1:{server.port}"
        header = {"Authorization": f"Bearer {token}"}
        async with (
            connect(f"{at}/app/my-key?protocol=7") as theirs,
            connect(f"{at}/ws", additional_headers=header) as plain,
        ):
            await theirs.recv()
            await plain.recv()
            await theirs.send('{"event":"pusher:subscribe","data":{"channel":"news"}}')
            await plain.send('{"request":"subscribe","id":1,"channel":"news"}')
            await theirs.recv()
            await plain.recv()
            library = Pusher("1", "my-key", SECRET, host="127.0.0.1", port=server.port, ssl=False)
            await asyncio.to_thread(library.trigger, "news", "said", {"text": "hello"})
            frame = json.loads(await theirs.recv())
            assert (frame["event"], frame["data"]) == ("said", '{"text": "hello"}')
            assert json.loads(await plain.recv())["data"] == {"text": "hello"}
        server.signal()
        assert await server.ended() == 0
    assert SECRET not in server.err + server.said
    assert "Traceback" not in server.err
