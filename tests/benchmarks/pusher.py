"""How fast Pusher's protocol is served: `uv run python tests/benchmarks/pusher.py [NAME...]`.

Each figure is taken in a process of its own, which is the server, on one core: by the processor
time the operating system charged to it. Clients are another process. What a delivery costs is
told beside what the plain language's costs, in turns, in the same run.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn
import uvloop

sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks.load.driving import Load, loading, on_one_core
from tidings import Tidings, Tokens
from tidings_memory import MemoryStore
from tidings_pusher import PusherServer
from tidings_pusher.signing import channel_text, is_signed, sign
from tidings_websocket import PlainDialect, WebSocketFront

Bench = Callable[[], Coroutine[Any, Any, str]]

KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8"
CLIENTS = 1000
FRAME = 210  # bytes of an event's frame, its header of 4 included
TRIGGERS = """
import sys
from pusher import Pusher
client = Pusher("1", sys.argv[2], sys.argv[3], ssl=False, host="127.0.0.1", port=int(sys.argv[1]))
for line in sys.stdin:
    for number in range(int(line)):
        client.trigger("news", "built", {"number": number})
    print("done", flush=True)
"""


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Tidings, int]]:
    """Serve both languages on some port."""
    front = WebSocketFront(
        [PlainDialect(anonymous=True)], per_address=20_000, silence=3600, leave_within=0.1
    )
    listener = socket.create_server(("127.0.0.1", 0), backlog=8192)
    tokens = Tokens("a secret of at least thirty-two bytes")
    pusher = PusherServer(app_id="1", key=KEY, secret=SECRET)
    async with Tidings(MemoryStore(), front, pusher, tokens=tokens) as tidings:
        ws: Any = front.protocol
        config = uvicorn.Config(
            front.app,
            ws=ws,
            lifespan="off",
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # as `tidings serve` has it, where no proxy is named
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listener]))
        yield tidings, listener.getsockname()[1]
        server.should_exit = server.force_exit = True
        await running


async def delivery() -> str:
    async with serving() as (tidings, port), loading() as load:
        tokens = tidings.tokens
        assert tokens is not None
        hellos = [("", tokens.issue(f"user{n}"), 0) for n in range(CLIENTS)]
        await load.open("plain", port, hellos)
        await load.say("plain", '{"request":"subscribe","id":1,"channel":"plain"}')
        await load.receive("plain", len(b'  {"reply":1,"channel":"plain"}') * CLIENTS)
        await _open(load, port, CLIENTS, "hosted")
        pairs = []
        for _ in range(7):
            plain = await _round(tidings, load, "plain", "plain")
            pairs.append((await _round(tidings, load, "pusher", "hosted"), plain))
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    ratio = median([ours / plain for ours, plain in pairs])
    return f"{mine:.2f} us a delivery, plain {theirs:.2f} us: {ratio:.2f} times"


async def _open(load: Load, port: int, count: int, channel: str) -> None:
    hellos = [("?protocol=7", "none", 0)] * count
    await load.open("pusher", port, hellos, path=f"/app/{KEY}")
    said = '{"event":"pusher:subscribe","data":{"channel":"%s"}}'
    await load.say("pusher", said % channel)
    confirmed = '{"event":"pusher_internal:subscription_succeeded","channel":"%s","data":"{}"}'
    await load.receive("pusher", (2 + len(confirmed % channel)) * count)


async def _round(tidings: Tidings, load: Load, group: str, channel: str) -> float:
    """Return what a delivery costs, in microseconds; all frames have one size."""
    empty = {
        "plain": '{"channel":"","event":"built","data":"","id":""}' + "0" * 36,
        "pusher": '{"event":"built","channel":"","data":"\\"\\""}',
    }
    data, rounds = "x" * (FRAME - 4 - len(empty[group] + channel)), 60
    start = time.process_time()
    receiving = asyncio.create_task(load.receive(group, rounds * FRAME * CLIENTS))
    for _ in range(rounds):
        await tidings.publish(channel, "built", data)
        await asyncio.sleep(0.012)
    await receiving
    return (time.process_time() - start) / (rounds * CLIENTS) * 1e6


async def trigger() -> str:
    async with serving() as (_, port), loading() as load:
        await _open(load, port, 1, "news")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", TRIGGERS, str(port), KEY, SECRET,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        await _trigger(process, 200)
        found = []
        for _ in range(5):
            start = time.process_time()
            await _trigger(process, 500)
            found.append((time.process_time() - start) / 500 * 1e6)
        process.terminate()
        await process.wait()
    return f"{median(found):.0f} us a trigger over the HTTP API, to one subscriber"


async def _trigger(process: asyncio.subprocess.Process, count: int) -> None:
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"%d\n" % count)
    await process.stdout.readline()


async def signatures() -> str:
    text = channel_text("1234.1234", "private-foobar")
    signature, found = sign(SECRET, text), []
    for _ in range(5):
        start = time.process_time()
        assert all(is_signed(SECRET, text, signature) for _ in range(100_000))
        found.append(100_000 / (time.process_time() - start))
    return f"{median(found):,.0f} signatures checked a second"


BENCHES: dict[str, Bench] = {
    "delivery": delivery,
    "trigger": trigger,
    "signatures": signatures,
}


def main() -> None:
    if os.environ.get("BENCH"):
        print(on_one_core() + uvloop.run(BENCHES[os.environ["BENCH"]]()), flush=True)
        return
    for name in sys.argv[1:] or BENCHES:
        print(f"{name:<12}", end="", flush=True)
        environment = os.environ | {"BENCH": name}
        subprocess.run([sys.executable, __file__], env=environment, check=True)


if __name__ == "__main__":
    main()
